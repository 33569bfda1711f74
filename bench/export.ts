import { DuckDBInstance } from "@duckdb/node-api";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { datasetPrefix } from "../core/bucket.ts";
import { jobOf, writeParts } from "./export-job.ts";
import type { Figure } from "./figure.ts";
import { WORKER_FLAGS, workerEnvironment } from "./flags.ts";
import type { WritingFigures } from "./write-dataset.ts";

const RECORDS = 1_000_000;

/** Writes a million 1 KB rows to JSONL, CSV and Parquet in one pass, compared with DuckDB's COPY of the same rows. */
export async function exporting(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  try {
    const { job, shards } = jobOf(RECORDS);
    await writeParts(folder, shards);
    const ours = await writeDataset(folder);
    if (ours.rows !== RECORDS) throw new Error(`The dataset has ${ours.rows} rows, not ${RECORDS}.`);
    const parquet = await copyByDuckDb(join(folder, datasetPrefix(job.jobId, 1)), "parquet");
    const csv = await copyByDuckDb(join(folder, datasetPrefix(job.jobId, 1)), "csv");
    return [
      { what: "1,000,000 1 KB rows to JSONL, CSV, Parquet and provenance", value: ours.seconds, unit: "s" },
      { what: "peak memory of that", value: ours.peakMb, unit: "MB", aim: "< 400" },
      { what: "DuckDB COPY of the same rows, JSONL to Parquet", value: parquet, unit: "s" },
      { what: "DuckDB COPY of the same rows, JSONL to CSV", value: csv, unit: "s" },
      { what: "ours relative to the sum of both", value: ours.seconds / (parquet + csv), unit: "×" },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In its own process, so that its memory is measured alone. */
async function writeDataset(folder: string): Promise<WritingFigures> {
  const script = join(import.meta.dirname, "write-dataset.ts");
  const args = [...WORKER_FLAGS, "--import", "tsx", script, folder, String(RECORDS)];
  const env = { ...process.env, ...workerEnvironment(0) };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout) as WritingFigures;
}

/** In seconds. It reads the dataset's JSONL, as the export reads its parts, and uses every processor. */
async function copyByDuckDb(prefix: string, format: "parquet" | "csv"): Promise<number> {
  const connection = await (await DuckDBInstance.create()).connect();
  const options = format === "parquet" ? "format parquet, compression snappy" : "format csv, header";
  const began = performance.now();
  await connection.run(
    `copy (select * exclude (_meta) from read_json('${prefix}dataset.jsonl')) to '${prefix}duckdb.${format}' (${options})`,
  );
  const seconds = (performance.now() - began) / 1000;
  connection.closeSync();
  return seconds;
}
