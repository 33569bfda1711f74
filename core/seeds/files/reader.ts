/**
 * From the bytes of an uploaded file to items, as a stream: memory is bounded by the longest item (with Parquet, by a row
 * group), not by the file. Every problem becomes one sentence that names the file and the row.
 */
import { PlotPaletteError } from "../../errors.ts";
import { readCsv } from "./csv.ts";
import { InvalidRows } from "./invalid-rows.ts";
import { gunzipped } from "./gzip.ts";
import { splitJson } from "./json.ts";
import { readJsonl } from "./jsonl.ts";
import { readParquet } from "./parquet.ts";
import { rangesOf, type FileRanges, type OpenText, type SeedBatch, type SeedFileSource } from "./source.ts";
import { decodeText } from "./text.ts";
import { parseItem } from "./item.ts";
import { isGzipped, seedFormatOf, type SeedFormat } from "../seed-set.ts";

/** A Parquet file that can only be read sequentially is held in memory; its pages are compressed anyway. */
const MAX_HELD_BYTES = 128_000_000;

/**
 * @param invalidRows what to do with invalid rows; by default the first one throws
 * @throws PlotPaletteError BadInput for what cannot be read, and for an item that is not an object
 */
export async function* readSeedFile(
  fileName: string,
  source: SeedFileSource,
  invalidRows = new InvalidRows(),
): AsyncGenerator<SeedBatch> {
  let items = 0;
  for await (const batch of batchesOf(fileName, source, invalidRows)) {
    items += batch.items.length;
    yield batch;
  }
  invalidRows.endFile(fileName, items);
}

function batchesOf(fileName: string, source: SeedFileSource, invalidRows: InvalidRows): AsyncGenerator<SeedBatch> {
  const format = seedFormatOf(fileName);
  if (format === "parquet") return readParquet(fileName, () => rangesFrom(fileName, source), invalidRows);
  const open = isGzipped(fileName) ? gunzipped(fileName, source.open) : source.open;
  const openText = async () => decodeText(fileName, await open());
  return TEXT_READERS[format](fileName, openText, invalidRows);
}

type TextReader = (fileName: string, open: OpenText, invalidRows: InvalidRows) => AsyncGenerator<SeedBatch>;

const TEXT_READERS: Readonly<Record<Exclude<SeedFormat, "parquet">, TextReader>> = {
  csv: (fileName, open, invalidRows) => readCsv(fileName, open, ",", invalidRows),
  tsv: (fileName, open, invalidRows) => readCsv(fileName, open, "\t", invalidRows),
  jsonl: readJsonl,
  json: readJson,
};

async function* readJson(fileName: string, open: OpenText, invalidRows: InvalidRows): AsyncGenerator<SeedBatch> {
  const counts = new Map<string, number>();
  for await (const found of splitJson(fileName, await open()))
    for (const { collection, sources } of found) {
      const location = collection === undefined ? `"${fileName}"` : `"${collection}" in "${fileName}"`;
      const before = counts.get(collection ?? "") ?? 0;
      counts.set(collection ?? "", before + sources.length);
      const items = sources.flatMap((source, n) => {
        const row = before + n + 1;
        return parseItem(source, `Item ${row} of ${location}`, { fileName, row }, invalidRows);
      });
      yield { collection, items };
    }
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
