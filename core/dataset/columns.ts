/** The kinds of a dataset's columns: declared by the template, else found in the values. */
import type { ColumnType } from "../template/template.ts";

/** The kind of each column seen so far; a column with nothing but nulls is absent. */
export type ColumnKinds = Readonly<Record<string, ColumnType>>;

/** The narrowest kind that holds the value; `undefined` for null. */
export function inferType(value: unknown): ColumnType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  return "json";
}

/** The narrowest kind that holds values of both. */
export function commonType(one: ColumnType | undefined, other: ColumnType | undefined): ColumnType | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  const both = [one, other];
  return both.includes("integer") && both.includes("number") ? "number" : "json";
}

/** The kinds after one more record. Answers the same object when nothing is new. */
export function inferFromRecord(kinds: ColumnKinds, columns: Readonly<Record<string, unknown>>): ColumnKinds {
  let next: Record<string, ColumnType> | undefined;
  for (const [name, value] of Object.entries(columns)) {
    const kind = commonType(kinds[name], inferType(value));
    if (kind === undefined || kind === kinds[name]) continue;
    next ??= { ...kinds };
    next[name] = kind;
  }
  return next ?? kinds;
}

/** The kinds found in several shards together. */
export function mergeInferredTypes(all: readonly ColumnKinds[]): ColumnKinds {
  const merged: Record<string, ColumnType> = {};
  for (const kinds of all)
    for (const [name, kind] of Object.entries(kinds)) merged[name] = commonType(merged[name], kind) ?? kind;
  return merged;
}

/**
 * A value as its declared type has it: texts that spell a number or a truth are read, anything becomes a text.
 * @throws RangeError in words when it cannot be
 */
export function coerce(value: unknown, type: ColumnType | undefined): unknown {
  if (value === null || value === undefined) return null;
  switch (type) {
    case undefined:
    case "json":
      return value;
    case "string":
      return typeof value === "string" ? value : JSON.stringify(value);
    case "boolean":
      return typeof value === "boolean" ? value : misfit(TRUTHS[spelled(value).toLowerCase()], value, "true or false");
    case "integer":
      return misfit(numberIn(value, Number.isSafeInteger), value, "a whole number");
    case "number":
      return misfit(numberIn(value, Number.isFinite), value, "a number");
  }
}

const TRUTHS: Readonly<Record<string, boolean>> = { true: true, false: false };

function numberIn(value: unknown, fits: (number: number) => boolean): number | undefined {
  const number = typeof value === "number" ? value : spelled(value) === "" ? NaN : Number(spelled(value));
  return fits(number) ? number : undefined;
}

function spelled(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

function misfit<T>(fit: T | undefined, value: unknown, wanted: string): T {
  if (fit !== undefined) return fit;
  const text = JSON.stringify(value);
  throw new RangeError(`it must be ${wanted}, not ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`);
}
