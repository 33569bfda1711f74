/** The card's counts over all records, taken as they pass. */
import { formatNumber } from "#core/numbers";
import type { DeliveredRecord } from "#core/shard/record";
import { columnsOfRows } from "#core/shard/rows";

/** A column with more values than this is no category; the values after them are counted together. */
const MAX_VALUES = 1_000;

export class Counts {
  records = 0;
  /** As many as records, unless the template makes several of a record. */
  rows = 0;
  /** By step, then by the model that gave its answer. */
  readonly models = new Map<string, Map<string, number>>();
  /** By column, then by value. */
  readonly categories: ReadonlyMap<string, Map<string, number>>;
  /** By column: rows whose value came after the limit. */
  readonly uncounted = new Map<string, number>();

  constructor(categories: readonly string[]) {
    this.categories = new Map(categories.map((name) => [name, new Map<string, number>()]));
  }

  add(record: DeliveredRecord): void {
    this.records += 1;
    for (const [step, modelId] of Object.entries(record.meta.models)) {
      const models = this.models.get(step) ?? new Map<string, number>();
      this.models.set(step, models);
      increment(models, modelId);
    }
    for (const columns of columnsOfRows(record)) this.#addRow(columns);
  }

  #addRow(columns: DeliveredRecord["columns"]): void {
    this.rows += 1;
    for (const [name, values] of this.categories) {
      const value = textOf(columns[name]);
      if (values.has(value) || values.size < MAX_VALUES) increment(values, value);
      else increment(this.uncounted, name);
    }
  }
}

/** `1 row`, `1,200 rows`. */
export function counted(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
