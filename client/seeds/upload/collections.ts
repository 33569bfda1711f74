import { COLLECTION_NAME, DEFAULT_COLLECTION, MAX_SEED_FILE_BYTES, SEED_FILE_EXTENSIONS } from "#core/seeds/seed-set";

/** What a file chooser may show: each ending, also packed. */
export const CHOOSABLE = [...SEED_FILE_EXTENSIONS, ".gz"].join(",");

/** A collection's name made from a file's: `Top 100 movies.csv.gz` becomes `Top_100_movies`. */
export function collectionFor(fileName: string): string {
  const safe = baseName(fileName)
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^[^A-Za-z]+|_+$/g, "");
  return safe === "" ? DEFAULT_COLLECTION : safe.slice(0, 40);
}

/** `Top 100 movies.csv.gz` without what tells its format. */
export function baseName(fileName: string): string {
  return fileName.replace(/\.gz$/i, "").replace(/\.[^.]*$/, "");
}

/** What is wrong with a choice of files, by position; null where nothing is. Files of one collection follow each other. */
export function checkFiles(files: readonly ChosenFile[]): (string | null)[] {
  return files.map((file) => checkFile(file) ?? checkName(file.collection));
}

export interface ChosenFile {
  readonly collection: string;
  readonly fileName: string;
  readonly bytes: number;
}

function checkFile({ fileName, bytes }: ChosenFile): string | null {
  const unpacked = fileName.toLowerCase().replace(/\.gz$/, "");
  if (!SEED_FILE_EXTENSIONS.some((ending) => unpacked.endsWith(ending))) {
    return `Expected a file ending in ${SEED_FILE_EXTENSIONS.join(", ")}, or one of them and .gz.`;
  }
  if (bytes === 0) return "This file is empty.";
  if (bytes > MAX_SEED_FILE_BYTES) return "A file can have 1 GB at most. Split it or take a sample of it.";
  return null;
}

function checkName(collection: string): string | null {
  return COLLECTION_NAME.test(collection) ? null : "Expected a letter, then letters, digits or _, 40 at most.";
}
