/** A Parquet file as hyparquet reads it, with limits on its requests and messages for what it cannot read. */
import type { AsyncBuffer, Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { PlotPaletteError } from "../../errors.ts";
import type { FileRanges } from "./source.ts";

/** Writers aim at 1 MB; DuckDB goes up to 100 MB. */
const MAX_PAGE_BYTES = 128_000_000;
/** More than any column may have (MAX_COLUMN_BYTES) and any footer needs. */
const MAX_RANGE_BYTES = 300_000_000;

export class GuardedFile implements AsyncBuffer {
  readonly name: string;
  readonly byteLength: number;
  readonly #ranges: FileRanges;
  #prefetched: { start: number; bytes: Uint8Array } | undefined;
  /** The store's own error, not caused by the file. */
  #failure: unknown;

  constructor(name: string, ranges: FileRanges) {
    this.name = name;
    this.byteLength = ranges.byteLength;
    this.#ranges = ranges;
  }

  /** Runs an operation on the file. @throws PlotPaletteError BadInput when the file is the problem */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#failure) throw this.#failure;
      if (error instanceof PlotPaletteError) throw error;
      return throwBadInput(`The file "${this.name}" cannot be read as Parquet: ${sentenceOf(error)}`);
    }
  }

  /** Runs an operation on a part of the file. @returns why it is impossible; undefined when it was done */
  async attempt(work: () => Promise<void>): Promise<string | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (this.#failure) throw this.#failure;
      return sentenceOf(error);
    }
  }

  /** Fetches a range of the file that will be read piecemeal, replacing the previous one; unless it is too large. */
  async prefetch(start: number, end: number, maxBytes: number): Promise<void> {
    this.#prefetched = undefined;
    if (start >= 0 && start < end && end <= this.byteLength && end - start <= maxBytes)
      this.#prefetched = { start, bytes: await this.#ranges.read(start, end) };
  }

  async slice(start: number, end = this.byteLength): Promise<ArrayBuffer> {
    if (!(start >= 0 && start <= end && end <= this.byteLength)) throw new Error("it is truncated or corrupt");
    if (end - start > MAX_RANGE_BYTES)
      throwBadInput(
        `The file "${this.name}" has parts of more than ${MAX_RANGE_BYTES / 1e6} MB; write it with smaller row groups.`,
      );
    const bytes = this.#heldRange(start, end) ?? (await this.#read(start, end));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  }

  #heldRange(start: number, end: number): Uint8Array | undefined {
    const range = this.#prefetched;
    if (!range || start < range.start || end > range.start + range.bytes.length) return undefined;
    return range.bytes.subarray(start - range.start, end - range.start);
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    try {
      return await this.#ranges.read(start, end);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}

/** All of Parquet's codecs, with the declared size of a page checked before it is decompressed. */
export function guardedCompressors(fileName: string): Compressors {
  const all: Compressors = {
    ...compressors,
    GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
    BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  };
  const guarded = Object.entries(all).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, length: number) => {
      if (length > MAX_PAGE_BYTES)
        throwBadInput(
          `The file "${fileName}" has pages of more than ${MAX_PAGE_BYTES / 1e6} MB; write it with smaller pages.`,
        );
      return unpack(input, length);
    },
  ]);
  return Object.fromEntries(guarded) as Compressors;
}

export function sentenceOf(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
  return `${message.slice(0, 200)}.`;
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
