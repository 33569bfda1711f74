/** From JSON text to items, or to a sentence on why one is not. */
import { parseJson, type JsonValue } from "./json-text.ts";
import type { TextFile } from "./source.ts";
import { isNestedTooDeep, MAX_NESTING } from "../../nesting.ts";
import { formatNumber } from "../../numbers.ts";
import { MAX_FIELD_NAME_CHARACTERS, MAX_ITEM_CHARACTERS, type SeedItem } from "../seed-set.ts";

export const TOO_LONG = `has more than ${formatNumber(MAX_ITEM_CHARACTERS)} characters; a closing quote or bracket may be missing.`;

/** The field of an item that is only a text. */
export const TEXT_FIELD = "text";

/** Reads the items of one list, which are all objects, or all texts. */
export class ItemReader {
  readonly #file: TextFile;
  readonly #unit: string;
  readonly #select: (item: SeedItem) => unknown;
  #holdsTexts: boolean | undefined;

  /**
   * @param unit what its items are in the file: a line or an item
   * @param select the part of each object that is the item; by default all of it
   */
  constructor(file: TextFile, unit: "line" | "item", select: (item: SeedItem) => unknown = (item) => item) {
    this.#file = file;
    this.#unit = unit;
    this.#select = select;
  }

  /**
   * The item, or none when it is invalid and skipped.
   * @param location the start of the message: `Line 3 of "films.jsonl"`
   * @param row the number of the line or item, from 1
   */
  read(source: string, row: number, location: string): SeedItem[] {
    const item = this.#itemOf(source, row);
    if (typeof item === "object") return [item];
    this.#file.invalidRows.add({ fileName: this.#file.fileName, row, reason: `${location} ${item}` });
    return [];
  }

  /** The item, or what is wrong with it. */
  #itemOf(source: string, row: number): SeedItem | string {
    if (source.length > MAX_ITEM_CHARACTERS) return TOO_LONG;
    let parsed: JsonValue;
    try {
      parsed = parseJson(source);
    } catch (error) {
      return `is not valid JSON: ${(error as Error).message}.`;
    }
    const item = this.#checked(parsed.value);
    if (typeof item === "object") this.#tell(parsed, row);
    return item;
  }

  #checked(value: unknown): SeedItem | string {
    this.#holdsTexts ??= isRecord(value) ? false : typeof value === "string" ? true : undefined;
    if (this.#holdsTexts) return typeof value === "string" ? { [TEXT_FIELD]: value } : `must be a text as the first one is, not ${describe(value)}.`; // prettier-ignore
    if (!isRecord(value)) return `must be an object with named fields, not ${describe(value)}.`;
    const item = this.#select(value);
    return isRecord(item) ? (faultOf(item) ?? item) : "lacks the object that the others hold.";
  }

  #tell({ hasNonNumbers, hasLongNumbers }: JsonValue, row: number): void {
    const { fileName, notes } = this.#file;
    if (hasNonNumbers) notes.count(fileName, this.#unit, row, "NaN or Infinity became null, since JSON has neither");
    if (hasLongNumbers)
      notes.count(fileName, this.#unit, row, "numbers of more than 15 digits became texts, to keep every digit");
  }
}

/** What is wrong with an object, if anything. */
export function faultOf(item: SeedItem): string | undefined {
  for (const field in item)
    if (field.length > MAX_FIELD_NAME_CHARACTERS)
      return `has a field whose name has more than ${MAX_FIELD_NAME_CHARACTERS} characters; shorten it.`;
  return isNestedTooDeep(item) ? `is nested more than ${MAX_NESTING} levels deep; flatten it.` : undefined;
}

export function isRecord(value: unknown): value is SeedItem {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** `object[name] = value`, for untrusted names: assigning `__proto__` would not create a field. */
export function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
