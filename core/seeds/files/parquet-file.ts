/** A Parquet file as hyparquet reads it, with limits on what it may ask for and words for what it cannot read. */
import type { AsyncBuffer, Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { PlotPaletteError } from "../../errors.ts";
import type { FileRanges } from "./source.ts";

/** Writers aim at 1 MB; DuckDB goes up to 100 MB. */
const MAX_PAGE_BYTES = 128_000_000;
/** More than any column may have (MAX_COLUMN_BYTES) and any table of contents needs. */
const MAX_RANGE_BYTES = 300_000_000;

export class GuardedFile implements AsyncBuffer {
  readonly name: string;
  readonly byteLength: number;
  readonly #ranges: FileRanges;
  #prefetched: { start: number; bytes: Uint8Array } | undefined;
  /** The store's own error: not the file's fault. */
  #failure: unknown;

  constructor(name: string, ranges: FileRanges) {
    this.name = name;
    this.byteLength = ranges.byteLength;
    this.#ranges = ranges;
  }

  /** Does something with the file. @throws PlotPaletteError BadInput when the file is at fault */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#failure) throw this.#failure;
      if (error instanceof PlotPaletteError) throw error;
      return refuse(`The file "${this.name}" cannot be read as Parquet: ${sentenceOf(error)}`);
    }
  }

  /** Fetches a part of the file that is soon read piece by piece, in place of the last one; unless it is too large. */
  async prefetch(start: number, end: number, maxBytes: number): Promise<void> {
    this.#prefetched = undefined;
    if (start >= 0 && start < end && end <= this.byteLength && end - start <= maxBytes)
      this.#prefetched = { start, bytes: await this.#ranges.read(start, end) };
  }

  async slice(start: number, end = this.byteLength): Promise<ArrayBuffer> {
    if (!(start >= 0 && start <= end && end <= this.byteLength)) throw new Error("it is cut off or damaged");
    if (end - start > MAX_RANGE_BYTES)
      refuse(
        `The file "${this.name}" has parts of more than ${MAX_RANGE_BYTES / 1e6} MB; write it with smaller row groups.`,
      );
    const bytes = this.#heldRange(start, end) ?? (await this.#read(start, end));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  }

  #heldRange(start: number, end: number): Uint8Array | undefined {
    const held = this.#prefetched;
    if (!held || start < held.start || end > held.start + held.bytes.length) return undefined;
    return held.bytes.subarray(start - held.start, end - held.start);
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

/** All that Parquet knows; what a page claims to unpack to is bounded before it is unpacked. */
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
        refuse(
          `The file "${fileName}" has pages of more than ${MAX_PAGE_BYTES / 1e6} MB; write it with smaller pages.`,
        );
      return unpack(input, length);
    },
  ]);
  return Object.fromEntries(guarded) as Compressors;
}

function sentenceOf(error: unknown): string {
  const words = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
  return `${words.slice(0, 200)}.`;
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
