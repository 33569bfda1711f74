/** The types of a dataset's columns: declared by the template, otherwise inferred from the values. */
import type { ColumnType } from "../template/template.ts";
import { isPlainConversation } from "./conversation.ts";

/** What a column holds: a type that templates can declare, or conversations, which tables can hold as lists of messages. */
export type ColumnKind = ColumnType | "messages";

/** The type of each column seen so far; a column with only nulls is absent. */
export type InferredTypes = Readonly<Record<string, ColumnKind>>;

/** The narrowest type that holds the value; `undefined` for null. */
export function inferType(value: unknown): ColumnKind | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  return isPlainConversation(value) ? "messages" : "json";
}

/** The narrowest type that holds values of both. */
export function commonType(one: ColumnKind | undefined, other: ColumnKind | undefined): ColumnKind | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  const both = [one, other];
  return both.includes("integer") && both.includes("number") ? "number" : "json";
}

/** The types after one more record; the same object when nothing changed. */
export function inferFromRecord(types: InferredTypes, columns: Readonly<Record<string, unknown>>): InferredTypes {
  let next: Record<string, ColumnKind> | undefined;
  for (const [name, value] of Object.entries(columns)) {
    const type = commonType(types[name], inferType(value));
    if (type === undefined || type === types[name]) continue;
    next ??= { ...types };
    next[name] = type;
  }
  return next ?? types;
}

/** The types inferred over several shards. */
export function mergeInferredTypes(all: readonly InferredTypes[]): InferredTypes {
  const merged: Record<string, ColumnKind> = {};
  for (const types of all)
    for (const [name, type] of Object.entries(types)) merged[name] = commonType(merged[name], type) ?? type;
  return merged;
}

/** What a column is written as. Declared types win, but JSON that is all conversations is written as such. */
export function columnKindOf(declared: ColumnType | undefined, inferred: ColumnKind | undefined): ColumnKind {
  const isConversation = inferred === "messages" && (declared === undefined || declared === "json");
  return isConversation ? inferred : (declared ?? inferred ?? "string");
}

/**
 * Converts a value to its declared type: texts that spell a number or a boolean are parsed, anything can become a text.
 * @throws RangeError with a message for people when that is impossible
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
      return typeof value === "boolean"
        ? value
        : misfit(BOOLEANS[spelled(value).toLowerCase()], value, "true or false");
    case "integer":
      return misfit(numberIn(value, Number.isSafeInteger) ?? longIntegerIn(value), value, "a whole number");
    case "number":
      return misfit(numberIn(value, Number.isFinite), value, "a number");
  }
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

function numberIn(value: unknown, fits: (number: number) => boolean): number | undefined {
  const number = typeof value === "number" ? value : spelled(value) === "" ? NaN : Number(spelled(value));
  return fits(number) ? number : undefined;
}

const MAX_INT64 = 2n ** 63n - 1n;

/** An integer of 64 bits that a number would round stays the text that it is in the seeds; Parquet has it as an integer. */
function longIntegerIn(value: unknown): string | undefined {
  if (!/^-?\d{16,19}$/.test(spelled(value))) return undefined;
  const integer = BigInt(spelled(value));
  return integer <= MAX_INT64 && integer >= -MAX_INT64 - 1n ? integer.toString() : undefined;
}

function spelled(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

function misfit<T>(fit: T | undefined, value: unknown, expected: string): T {
  if (fit !== undefined) return fit;
  const text = JSON.stringify(value);
  throw new RangeError(`it must be ${expected}, not ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`);
}
