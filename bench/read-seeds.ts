/** Run by the bench "seeds" as its own process: reads a file with one of the readers and prints its figures. */
import { parse } from "csv-parse";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { CollectionBlocks } from "../core/seeds/blocks.ts";
import { readSeedFile } from "../core/seeds/files/reader.ts";

/** Printed as JSON. */
export interface ReadingFigures {
  /** Of CPU time, which other work on the machine affects least. */
  readonly seconds: number;
  readonly rows: number;
  readonly peakMb: number;
}

const CHUNK_BYTES = 64 * 1024;

const READERS: Readonly<Record<string, (file: string) => Promise<number>>> = { check, items, csv, jsonl, parquet };

/** Everything that validating a seed set does except storing: read, convert, describe fields, cut into blocks. */
async function check(file: string): Promise<number> {
  const blocks = new CollectionBlocks();
  for await (const batch of readSeedFile(file, sourceOf(file))) for (const item of batch.items) blocks.add(item);
  blocks.finish();
  return blocks.row("seeds", [file]).itemCount;
}

/** Reading and converting alone. */
async function items(file: string): Promise<number> {
  let rows = 0;
  for await (const batch of readSeedFile(file, sourceOf(file))) rows += batch.items.length;
  return rows;
}

function sourceOf(file: string) {
  return {
    open: () => createReadStream(file, { highWaterMark: CHUNK_BYTES }),
    openRanges: () => rangesOf(file),
  };
}

async function rangesOf(file: string) {
  const handle = await open(file);
  const read = async (start: number, end: number) =>
    (await handle.read(new Uint8Array(end - start), 0, end - start, start)).buffer;
  return { byteLength: (await handle.stat()).size, read };
}

/** csv-parse alone. */
async function csv(file: string): Promise<number> {
  const parser = createReadStream(file, { highWaterMark: CHUNK_BYTES }).pipe(parse({ relax_quotes: true, bom: true }));
  let rows = -1;
  for await (const row of parser) rows += row.length > 0 ? 1 : 0;
  return rows;
}

/** JSON.parse on each line alone. */
async function jsonl(file: string): Promise<number> {
  let rows = 0;
  let rest = "";
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES, encoding: "utf8" })) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) rows += typeof JSON.parse(line) === "object" ? 1 : 0;
  }
  return rows;
}

/** hyparquet alone, a row group at a time. */
async function parquet(path: string): Promise<number> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  let rows = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rows + Number(group.num_rows);
    rows += (await parquetReadObjects({ file, metadata, compressors, rowStart: rows, rowEnd })).length;
  }
  return rows;
}

const [reader = "", file = ""] = process.argv.slice(2);
const rows = await READERS[reader]?.(file);
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ seconds: (user + system) / 1e6, rows, peakMb: process.resourceUsage().maxRSS / 1024 }));
