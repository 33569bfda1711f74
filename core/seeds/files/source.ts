/** How a file of seeds is opened, wherever it lies. */

/** Opens the file from its beginning. Tables are read twice: once for the kinds of their columns, once for their rows. */
export type OpenFile = () => Promise<AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>;

/** Reads parts of the file, for formats whose table of contents stands at the end. */
export interface FileRanges {
  readonly byteLength: number;
  /** The bytes from `start` (inclusive) to `end` (exclusive). */
  read(start: number, end: number): Promise<Uint8Array>;
}

export type OpenRanges = () => Promise<FileRanges>;

/** A file that is in memory. */
export function rangesOf(bytes: Uint8Array): FileRanges {
  return { byteLength: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}
