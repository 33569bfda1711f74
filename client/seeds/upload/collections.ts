import { COLLECTION_NAME, DEFAULT_COLLECTION, MAX_SEED_FILE_BYTES, SEED_FILE_EXTENSIONS } from "#core/seeds/seed-set";

/** The extensions a file picker accepts, also compressed. */
export const ACCEPTED_FILES = [...SEED_FILE_EXTENSIONS, ".gz"].join(",");

/** A collection name derived from a file name: `Top 100 movies.csv.gz` becomes `Top_100_movies`. */
export function collectionFor(fileName: string): string {
  const safe = baseName(fileName)
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^[^A-Za-z]+|_+$/g, "");
  return safe === "" ? DEFAULT_COLLECTION : safe.slice(0, 40);
}

/** `Top 100 movies.csv.gz` without its extensions. */
export function baseName(fileName: string): string {
  return fileName.replace(/\.gz$/i, "").replace(/\.[^.]*$/, "");
}

/** The errors of the selected files, by position; null for none. Files of one collection are concatenated. */
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
    return `Choose a ${SEED_FILE_EXTENSIONS.join(", ")} file, optionally with .gz.`;
  }
  if (bytes === 0) return "This file is empty.";
  if (bytes > MAX_SEED_FILE_BYTES) return "A file can be at most 1 GB. Split it or upload a sample of it.";
  return null;
}

function checkName(collection: string): string | null {
  return COLLECTION_NAME.test(collection)
    ? null
    : "Start with a letter; use letters, digits and _, at most 40 characters.";
}
