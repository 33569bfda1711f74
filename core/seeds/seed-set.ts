/** Seed sets: their structure, how they are stored, and their limits. */
import { PlotPaletteError } from "../errors.ts";
import { formatNumber } from "../numbers.ts";
import { seedSetNameProblem } from "./seed-set-name.ts";

/** One item of a collection: a JSON object. */
export type SeedItem = Readonly<Record<string, unknown>>;

/** `index.json`, next to the blocks: which block holds which items. */
export interface SeedIndex {
  readonly collections: Readonly<Record<string, { readonly itemCount: number; readonly blocks: readonly SeedBlock[] }>>;
}

/** A JSONL object of about a megabyte. */
export interface SeedBlock {
  /** The position of its first item in the collection. */
  readonly firstItem: number;
  readonly itemCount: number;
  readonly bytes: number;
  /** The sum of each top-level field with only numbers of at least 0: weighted draws choose a block by it. */
  readonly sums?: Readonly<Record<string, number>>;
}

export const SEED_BLOCK_BYTES = 1_000_000;
export const MAX_SEED_FILE_BYTES = 1_000_000_000;
export const MAX_SEED_FILES = 10;
/** Longer items are more likely an unclosed quote or bracket than seeds, and would not fit in a prompt. */
export const MAX_ITEM_CHARACTERS = 1_000_000;
/** A longer one is a text mistaken for a name, or an unclosed quote. */
export const MAX_FIELD_NAME_CHARACTERS = 200;
/** The name of a collection when none is given. */
export const DEFAULT_COLLECTION = "seeds";
export const COLLECTION_NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;

/** Each may be followed by `.gz`. */
export const SEED_FILE_EXTENSIONS = [".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".parquet"] as const;
export type SeedFormat = "json" | "jsonl" | "csv" | "tsv" | "txt" | "parquet";

/** The format by the file's extension. @throws PlotPaletteError BadInput for another extension */
export function seedFormatOf(fileName: string): SeedFormat {
  const name = fileName.toLowerCase().replace(/\.gz$/, "");
  const extension = SEED_FILE_EXTENSIONS.find((known) => name.endsWith(known));
  if (!extension)
    throwBadInput(
      `The file "${fileName}" must have the extension ${SEED_FILE_EXTENSIONS.join(", ")}, optionally followed by .gz.`,
    );
  return extension === ".ndjson" ? "jsonl" : (extension.slice(1) as SeedFormat);
}

export function isGzipped(fileName: string): boolean {
  return fileName.toLowerCase().endsWith(".gz");
}

/** A file of a seed set: the collection it becomes or adds to, and its name, whose extension is the format. */
export interface SeedFile {
  readonly collection: string;
  readonly fileName: string;
}

/** A file that a person uploads; `upload` names its object, since several files may be for one collection. */
export interface UploadedSeedFile extends SeedFile {
  readonly upload: string;
}

export interface SeedSetOptions {
  readonly name: string;
  readonly files: readonly { readonly collection?: string | null; readonly fileName: string; readonly bytes: number }[];
}

/** The files of a new seed set. @throws PlotPaletteError BadInput naming the first invalid option */
export function checkFiles({ name, files }: SeedSetOptions): UploadedSeedFile[] {
  const nameProblem = seedSetNameProblem(name);
  if (nameProblem !== undefined) throwBadInput(nameProblem);
  if (files.length < 1 || files.length > MAX_SEED_FILES)
    throwBadInput(`A seed set needs 1 to ${MAX_SEED_FILES} files, not ${files.length}.`);
  const checked = files.map((file) => checkFile(file));
  return checked.map((file, n) => {
    const before = checked.slice(0, n).filter(({ collection }) => collection === file.collection).length;
    return { ...file, upload: before === 0 ? file.collection : `${file.collection}.${before + 1}` };
  });
}

function checkFile({ collection, fileName, bytes }: SeedSetOptions["files"][number]): SeedFile {
  const name = collection ?? DEFAULT_COLLECTION;
  if (!COLLECTION_NAME.test(name))
    throwBadInput(
      `The collection "${name.slice(0, 60)}" needs a name of 1 to 40 letters, digits and _ that starts with a letter.`,
    );
  if (fileName.length > 200)
    throwBadInput(`A file name may have at most 200 characters; this one has ${fileName.length}.`);
  seedFormatOf(fileName);
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > MAX_SEED_FILE_BYTES)
    throwBadInput(`The file "${fileName}" must have 1 to ${formatNumber(MAX_SEED_FILE_BYTES)} bytes, not ${bytes}.`);
  return { collection: name, fileName };
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
