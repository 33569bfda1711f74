/** Seed sets: how they are stored, what is known of their fields, and whether they fit a template. */
import { PlotPaletteError } from "./errors.ts";
import type { SeedCollectionRow } from "./rows.ts";
import { seedReadsOf, type Template } from "./template.ts";

/** One item of a collection: a JSON object. */
export type SeedItem = Readonly<Record<string, unknown>>;

/** `index.json` beside the blocks: which block holds which items. */
export interface SeedIndex {
  readonly collections: Readonly<Record<string, { readonly itemCount: number; readonly blocks: readonly SeedBlock[] }>>;
}

/** A JSONL object of about a megabyte. */
export interface SeedBlock {
  /** The position of its first item in the collection. */
  readonly firstItem: number;
  readonly itemCount: number;
  readonly bytes: number;
}

export const SEED_BLOCK_BYTES = 1_000_000;
export const MAX_SEED_FILE_BYTES = 1_000_000_000;
export const MAX_SEED_FILES = 10;
/** Longer items are more likely a broken quote or bracket than seeds; and a prompt could not hold them. */
export const MAX_ITEM_CHARACTERS = 1_000_000;
/** Enough for any table a prompt can use; a file with more is more likely keys mistaken for fields. */
const MAX_FIELDS = 200;
const MAX_EXAMPLES = 3;
const MAX_EXAMPLE_CHARACTERS = 80;

/** What a collection is called when the file is given without a name. */
export const DEFAULT_COLLECTION = "seeds";
export const COLLECTION_NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;

export const SEED_ENDINGS = [".json", ".jsonl", ".ndjson", ".csv", ".tsv"] as const;
export type SeedFormat = "json" | "jsonl" | "csv" | "tsv";

/** The format a file's name tells. @throws PlotPaletteError BadInput for another ending */
export function seedFormatOf(fileName: string): SeedFormat {
  const ending = SEED_ENDINGS.find((known) => fileName.toLowerCase().endsWith(known));
  if (!ending)
    throw new PlotPaletteError(
      "BadInput",
      `The file "${fileName}" must end in ${SEED_ENDINGS.join(", ")}; the ending tells its format.`,
    );
  return ending === ".ndjson" ? "jsonl" : (ending.slice(1) as SeedFormat);
}

/** A file of a seed set: the collection it becomes and the name that tells its format. */
export interface SeedFile {
  readonly collection: string;
  readonly fileName: string;
}

export interface SeedSetWishes {
  readonly name: string;
  readonly files: readonly { readonly collection?: string | null; readonly fileName: string; readonly bytes: number }[];
}

/** The files of a new seed set. @throws PlotPaletteError BadInput naming the first wish that cannot be granted */
export function checkFiles({ name, files }: SeedSetWishes): SeedFile[] {
  if (name.trim().length < 1 || name.length > 100)
    misfit(`The seed set's name must have 1 to 100 characters, this one has ${name.trim().length}.`);
  if (files.length < 1 || files.length > MAX_SEED_FILES)
    misfit(`A seed set needs 1 to ${MAX_SEED_FILES} files, not ${files.length}.`);
  const checked = files.map((file) => checkFile(file));
  const twice = checked.find(({ collection }, n) => checked.findIndex((other) => other.collection === collection) < n);
  if (twice) misfit(`Two files are for the collection "${twice.collection}"; give each file a collection of its own.`);
  return checked;
}

function checkFile({ collection, fileName, bytes }: SeedSetWishes["files"][number]): SeedFile {
  const name = collection ?? DEFAULT_COLLECTION;
  if (!COLLECTION_NAME.test(name))
    misfit(
      `The collection "${shorten(name)}" needs a name of 1 to 40 letters, digits and _ that begins with a letter.`,
    );
  if (fileName.length > 200)
    misfit(`The file's name may have 200 characters at most, this one has ${fileName.length}.`);
  seedFormatOf(fileName);
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > MAX_SEED_FILE_BYTES)
    misfit(`The file "${fileName}" must have 1 to ${MAX_SEED_FILE_BYTES.toLocaleString("en-US")} bytes, not ${bytes}.`);
  return { collection: name, fileName };
}

interface FieldTally {
  types: Set<string>;
  present: number;
  examples: string[];
}

/** What is known of a collection's fields, gathered item by item in memory bounded by the number of fields. */
export class FieldSummary {
  #items = 0;
  #fields = new Map<string, FieldTally>();

  /** @throws PlotPaletteError BadInput when the items have more fields than a table can */
  add(item: SeedItem): void {
    this.#items += 1;
    for (const [name, value] of Object.entries(item)) this.#tally(name, value);
  }

  fields(): SeedCollectionRow["fields"] {
    return [...this.#fields].map(([name, tally]) => ({
      name,
      types: [...tally.types].sort(),
      missing: this.#items - tally.present,
      examples: tally.examples,
    }));
  }

  #tally(name: string, value: unknown): void {
    let tally = this.#fields.get(name);
    if (!tally) {
      if (this.#fields.size >= MAX_FIELDS)
        throw new PlotPaletteError(
          "BadInput",
          `The items have more than ${MAX_FIELDS} different fields; keep those that templates need.`,
        );
      this.#fields.set(name, (tally = { types: new Set(), present: 0, examples: [] }));
    }
    if (value === null || value === undefined || value === "") return;
    tally.present += 1;
    tally.types.add(jsonTypeOf(value));
    if (tally.examples.length >= MAX_EXAMPLES) return;
    const example = shorten(JSON.stringify(value));
    if (!tally.examples.includes(example)) tally.examples.push(example);
  }
}

/** The JSON Schema type of a value. */
export function jsonTypeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** @throws PlotPaletteError BadInput naming the first collection or field that the template reads and the seeds lack */
export function checkFit(template: Template, collections: readonly SeedCollectionRow[]): void {
  for (const { collection, field, required, place } of seedReadsOf(template)) {
    const found = collections.find(({ name }) => name === collection);
    const reader = `Template "${template.name}" ${place}`;
    if (!found)
      misfit(
        `${reader} draws from the collection "${collection}", but the seed set has none (it has ${names(collections)}).`,
      );
    if (!required || field === undefined || found.fields.some(({ name }) => name === field)) continue;
    misfit(
      `${reader} reads ${field}; the collection "${collection}" has no "${field}" (it has ${names(found.fields)}).`,
    );
  }
}

function names(list: readonly { readonly name: string }[]): string {
  const shown = list.slice(0, 12).map(({ name }) => name);
  return shown.join(", ") + (list.length > shown.length ? ` and ${list.length - shown.length} more` : "");
}

function misfit(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}

function shorten(text: string): string {
  return text.length <= MAX_EXAMPLE_CHARACTERS ? text : `${text.slice(0, MAX_EXAMPLE_CHARACTERS - 1)}…`;
}
