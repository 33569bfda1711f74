/** The JSON texts of one record that several files share, each created once, and copied from its part where possible. */
import type { DeliveredRecord } from "#core/shard/record";
import { provenanceOf, type DatasetSchema } from "./dataset-schema.ts";

export class RecordTexts {
  #columns: string | undefined;
  #provenance: string | undefined;

  constructor(
    readonly schema: DatasetSchema,
    readonly record: DeliveredRecord,
    /** The record's line in its part. */
    readonly line?: string,
  ) {}

  /** The members of an object with every column, in the same order in each row: `"title":"Alien","year":1979`. */
  get columns(): string {
    this.#columns ??= this.#copiedColumns() ?? this.#writtenColumns();
    return this.#columns;
  }

  /** The members of an object that says where the record comes from. */
  get provenance(): string {
    this.#provenance ??= JSON.stringify(provenanceOf(this.schema, this.record.meta)).slice(1, -1);
    return this.#provenance;
  }

  /** Parts are written by JSON.stringify too, so the text is identical if names and order are. */
  #copiedColumns(): string | undefined {
    const { line, record, schema } = this;
    const begin = `{"delivered":{"slot":${record.slot},"columns":{`;
    // Models come first in the provenance, and nothing in it holds a "meta" with models again.
    const end = line?.lastIndexOf('},"meta":{"models":{') ?? -1;
    if (!line || end < begin.length || !line.startsWith(begin)) return undefined;
    let n = 0;
    for (const name in record.columns) if (schema.columns[n++]?.name !== name) return undefined;
    return n === schema.columns.length ? line.slice(begin.length, end) : undefined;
  }

  #writtenColumns(): string {
    const { record, schema } = this;
    return schema.columns
      .map(({ name }) => `${JSON.stringify(name)}:${JSON.stringify(record.columns[name] ?? null)}`)
      .join(",");
  }
}
