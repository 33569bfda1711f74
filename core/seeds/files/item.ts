/** From JSON text to an item, or to a sentence on why it is not one. */
import type { InvalidRow, InvalidRows } from "./invalid-rows.ts";
import { isNestedTooDeep, MAX_NESTING } from "../../nesting.ts";
import { formatNumber } from "../../numbers.ts";
import { MAX_FIELD_NAME_CHARACTERS, MAX_ITEM_CHARACTERS, type SeedItem } from "../seed-set.ts";

/**
 * The item, or none when it is invalid and skipped.
 * @param location the start of the message: `Line 3 of "films.jsonl"`
 */
export function parseItem(
  source: string,
  location: string,
  row: Pick<InvalidRow, "fileName" | "row">,
  invalidRows: InvalidRows,
): SeedItem[] {
  const item = itemOf(source);
  if (typeof item === "object") return [item];
  invalidRows.add({ ...row, reason: `${location} ${item}` });
  return [];
}

/** The item, or what is wrong with it. */
export function itemOf(source: string): SeedItem | string {
  if (source.length > MAX_ITEM_CHARACTERS) return TOO_LONG;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    return `is not valid JSON: ${(error as Error).message}.`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `must be an object with named fields, not ${describe(value)}.`;
  for (const field in value)
    if (field.length > MAX_FIELD_NAME_CHARACTERS)
      return `has a field whose name has more than ${MAX_FIELD_NAME_CHARACTERS} characters; shorten it.`;
  if (isNestedTooDeep(value)) return `is nested more than ${MAX_NESTING} levels deep; flatten it.`;
  return value as SeedItem;
}

export const TOO_LONG = `has more than ${formatNumber(MAX_ITEM_CHARACTERS)} characters; a closing quote or bracket may be missing.`;

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

/** `object[name] = value`, for untrusted names: assigning `__proto__` would not create a field. */
export function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
