/**
 * From the bytes of an uploaded file to items, as a stream: memory is bounded by the longest item (with Parquet, by a row
 * group), not by the file. Every problem becomes one sentence that names the file and the row.
 */
import { PlotPaletteError } from "../../errors.ts";
import { readCsv } from "./csv.ts";
import { InvalidRows } from "./invalid-rows.ts";
import { gunzipped } from "./gzip.ts";
import { readJson } from "./json.ts";
import { readJsonl } from "./jsonl.ts";
import { ReadingNotes } from "./notes.ts";
import { readParquet } from "./parquet.ts";
import { readPlainText } from "./plain-text.ts";
import { rangesOf, type FileRanges, type SeedBatch, type SeedFileSource, type TextFile } from "./source.ts";
import { decodeText } from "./text.ts";
import { isGzipped, seedFormatOf, type SeedFormat } from "../seed-set.ts";

/** A Parquet file that can only be read sequentially is held in memory; its pages are compressed anyway. */
const MAX_HELD_BYTES = 128_000_000;

export interface ReadingOptions {
  /** What to do with invalid rows; by default the first one throws. */
  readonly invalidRows?: InvalidRows;
  /** Where to tell what is unusual about the file. */
  readonly notes?: ReadingNotes;
}

/** @throws PlotPaletteError BadInput for what cannot be read, and for an item that is neither an object nor a text */
export async function* readSeedFile(
  fileName: string,
  source: SeedFileSource,
  { invalidRows = new InvalidRows(), notes = new ReadingNotes() }: ReadingOptions = {},
): AsyncGenerator<SeedBatch> {
  let items = 0;
  for await (const batch of batchesOf(fileName, source, { invalidRows, notes })) {
    items += batch.items.length;
    yield batch;
  }
  invalidRows.endFile(fileName, items);
}

function batchesOf(
  fileName: string,
  source: SeedFileSource,
  telling: Required<ReadingOptions>,
): AsyncGenerator<SeedBatch> {
  const format = seedFormatOf(fileName);
  if (format === "parquet") return readParquet({ fileName, open: () => rangesFrom(fileName, source), ...telling });
  const bytes = isGzipped(fileName) ? gunzipped(fileName, source.open) : source.open;
  return TEXT_READERS[format]({ fileName, open: async () => decodeText(fileName, await bytes()), ...telling });
}

const TEXT_READERS: Readonly<Record<Exclude<SeedFormat, "parquet">, (file: TextFile) => AsyncGenerator<SeedBatch>>> = {
  csv: (file) => readCsv(file),
  tsv: (file) => readCsv(file, "\t"),
  txt: readPlainText,
  jsonl: readLinesOrList,
  json: readJson,
};

/** Many name a file .jsonl that is one list. */
async function* readLinesOrList(file: TextFile): AsyncGenerator<SeedBatch> {
  yield* (await firstCharacterOf(file)) === "[" ? readJson(file) : readJsonl(file);
}

/** The first that is not white space; undefined for a file without any. */
async function firstCharacterOf({ open }: TextFile): Promise<string | undefined> {
  for await (const chunk of await open()) {
    const first = /\S/.exec(chunk)?.[0];
    if (first !== undefined) return first;
  }
  return undefined;
}

async function rangesFrom(fileName: string, { open, openRanges }: SeedFileSource): Promise<FileRanges> {
  if (openRanges && !isGzipped(fileName)) return openRanges();
  const unpacked = isGzipped(fileName) ? gunzipped(fileName, open, MAX_HELD_BYTES) : open;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of await unpacked()) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_HELD_BYTES)
      throw new PlotPaletteError(
        "BadInput",
        `The file "${fileName}" has more than ${MAX_HELD_BYTES / 1e6} MB; split it into several.`,
      );
  }
  return rangesOf(Buffer.concat(chunks));
}
