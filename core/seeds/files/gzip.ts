/** Files with the extension `.gz`, decompressed as a stream. */
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { PlotPaletteError } from "../../errors.ts";
import { formatNumber } from "../../numbers.ts";
import type { OpenFile } from "./source.ts";

/** Real text compresses to a quarter or a tenth; anything larger than this, four times the largest file, is not seed data. */
export const MAX_UNPACKED_BYTES = 4_000_000_000;
const CHUNK_BYTES = 256 * 1024;

/** @param maxBytes the most decompressed bytes. @throws (its stream) PlotPaletteError BadInput when not gzip, truncated, or too large */
export function gunzipped(fileName: string, open: OpenFile, maxBytes = MAX_UNPACKED_BYTES): OpenFile {
  return async () => unpack(fileName, await open(), maxBytes);
}

async function* unpack(
  fileName: string,
  packed: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of the source ends the decompression, and so the loop below, with the same error.
  pipeline(Readable.from(packed, { objectMode: false }), gunzip, () => undefined);
  let bytes = 0;
  try {
    for await (const chunk of gunzip) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > maxBytes)
        throwBadInput(
          `The file "${fileName}" decompresses to more than ${formatNumber(maxBytes / 1e6)} MB; split it, or upload it without .gz.`,
        );
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throwBadInput(`The file "${fileName}" cannot be decompressed (${error.message}); it must be a complete gzip file.`);
  }
}

function isZlibError(error: unknown): error is { message: string } {
  return typeof error === "object" && error !== null && "code" in error && String(error.code).startsWith("Z_");
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
