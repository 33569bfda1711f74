/** The JSON texts of one record that several files write, each made once and copied from its part where it can be. */
import type { DeliveredRecord } from "#core/shard/record";
import { provenanceOf, type DatasetSchema } from "./dataset-file.ts";

export class RecordTexts {
  #columns: string | undefined;
  #provenance: string | undefined;

  constructor(
    readonly shape: DatasetSchema,
    readonly record: DeliveredRecord,
    /** The record as its part has it. */
    readonly line?: string,
  ) {}

  /** The members of an object with every column, in the same order in each row: `"title":"Alien","year":1979`. */
  get columns(): string {
    this.#columns ??= this.#copiedColumns() ?? this.#writtenColumns();
    return this.#columns;
  }

  /** The members of an object that tells where the record comes from. */
  get provenance(): string {
    this.#provenance ??= JSON.stringify(provenanceOf(this.shape, this.record.meta)).slice(1, -1);
    return this.#provenance;
  }

  /** Parts are written by JSON.stringify too, so the text is the very same if names and order are. */
  #copiedColumns(): string | undefined {
    const { line, record, shape } = this;
    const begin = `{"delivered":{"slot":${record.slot},"columns":{`;
    // Models come first in the provenance, and nothing in it holds a "meta" with models again.
    const end = line?.lastIndexOf('},"meta":{"models":{') ?? -1;
    if (!line || end < begin.length || !line.startsWith(begin)) return undefined;
    let place = 0;
    for (const name in record.columns) if (shape.columns[place++]?.name !== name) return undefined;
    return place === shape.columns.length ? line.slice(begin.length, end) : undefined;
  }

  #writtenColumns(): string {
    const { record, shape } = this;
    return shape.columns
      .map(({ name }) => `${JSON.stringify(name)}:${JSON.stringify(record.columns[name] ?? null)}`)
      .join(",");
  }
}
