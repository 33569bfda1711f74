/**
 * The part of core/seed.ts that the browser needs, written out: that file brings the parsers of templates along, 150 KB
 * for five constants. A test holds the two together.
 */
export const DEFAULT_COLLECTION = "seeds";
export const COLLECTION_NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
export const MAX_SEED_FILES = 10;
export const MAX_SEED_FILE_BYTES = 1_000_000_000;
export const SEED_ENDINGS = [".json", ".jsonl", ".ndjson", ".csv", ".tsv"] as const;
