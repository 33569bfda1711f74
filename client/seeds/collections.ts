import { COLLECTION_NAME, DEFAULT_COLLECTION, MAX_SEED_FILE_BYTES, SEED_ENDINGS } from "./limits.ts";

/** A collection's name made from a file's: `Top 100 movies.csv` becomes `Top_100_movies`. */
export function collectionFor(fileName: string): string {
  const base = fileName.replace(/\.[^.]*$/, "");
  const safe = base.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^[^A-Za-z]+|_+$/g, "");
  return safe === "" ? DEFAULT_COLLECTION : safe.slice(0, 40);
}

/** What is wrong with a choice of files, by position; null where nothing is. */
export function checkFiles(files: readonly ChosenFile[]): (string | null)[] {
  return files.map((file, index) => checkFile(file) ?? checkName(file.collection, index, files));
}

export interface ChosenFile {
  readonly collection: string;
  readonly fileName: string;
  readonly bytes: number;
}

function checkFile({ fileName, bytes }: ChosenFile): string | null {
  if (!SEED_ENDINGS.some((ending) => fileName.toLowerCase().endsWith(ending))) {
    return `Expected a file ending in ${SEED_ENDINGS.join(", ")}.`;
  }
  if (bytes === 0) return "This file is empty.";
  if (bytes > MAX_SEED_FILE_BYTES) return "A file can have 1 GB at most. Split it or take a sample of it.";
  return null;
}

function checkName(collection: string, index: number, files: readonly ChosenFile[]): string | null {
  if (!COLLECTION_NAME.test(collection)) return "Expected a letter, then letters, digits or _, 40 at most.";
  const first = files.findIndex((file) => file.collection === collection);
  return first < index ? `“${collection}” is taken by ${files[first]?.fileName}. Choose another name.` : null;
}
