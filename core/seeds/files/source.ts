/** How a seed file is opened, wherever it is stored, and what reading it yields. */
import type { InvalidRows } from "./invalid-rows.ts";
import type { ReadingNotes } from "./notes.ts";
import type { SeedItem } from "../seed-set.ts";

/** Opens the file from its start. Tables are read twice: once for the types of their columns, once for their rows. */
export type OpenFile = () => Promise<AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>;

/** The same, decoded. */
export type OpenText = () => Promise<AsyncIterable<string>>;

/** A file of text, and where to tell what is wrong with it or unusual about it. */
export interface TextFile {
  readonly fileName: string;
  readonly open: OpenText;
  readonly invalidRows: InvalidRows;
  readonly notes: ReadingNotes;
}

/** Reads ranges of the file, for formats with a footer. */
export interface FileRanges {
  readonly byteLength: number;
  /** The bytes from `start` (inclusive) to `end` (exclusive). */
  read(start: number, end: number): Promise<Uint8Array>;
}

export type OpenRanges = () => Promise<FileRanges>;

export interface SeedFileSource {
  readonly open: OpenFile;
  /** Parquet needs it unless the file is small. */
  readonly openRanges?: OpenRanges;
}

/** Some items, in the order of the file. */
export interface SeedBatch {
  /** The collection's name in the file itself: the key in a JSON object of lists. */
  readonly collection?: string;
  readonly items: readonly SeedItem[];
}

/** A file that is in memory. */
export function rangesOf(bytes: Uint8Array): FileRanges {
  return { byteLength: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}
