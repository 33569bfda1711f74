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
const RUNS = 3;

/**
 * Writes 1 KB rows to JSONL, CSV and Parquet in one pass, each time compared with DuckDB's COPY of the same rows just after.
 * `records`, `runs`: a million and three; a short form for tests takes fewer.
 */
export async function exporting({ records = RECORDS, runs = RUNS } = {}): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  try {
    const { job, shards } = jobOf(records);
    await writeParts(folder, shards);
    const prefix = join(folder, datasetPrefix(job.jobId, 1));
    const measured: Comparison[] = [];
    while (measured.length < runs) {
      await rm(prefix, { recursive: true, force: true });
      const ours = await writeDataset(folder, records);
      measured.push({ ours, parquet: await copyByDuckDb(prefix, "parquet"), csv: await copyByDuckDb(prefix, "csv") });
    }
    return figuresOf(measured, records);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Taken {
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
}

interface Comparison {
  readonly ours: WritingFigures;
  readonly parquet: Taken;
  readonly csv: Taken;
}

function figuresOf(runs: readonly Comparison[], records: number): Figure[] {
  const sorted = (of: (run: Comparison) => number) => runs.map(of).sort((one, other) => one - other);
  const median = (of: (run: Comparison) => number) => sorted(of)[Math.floor(runs.length / 2)] ?? NaN;
  const ratio = ({ ours, parquet, csv }: Comparison) => ours.seconds / (parquet.seconds + csv.seconds);
  const cpuRatio = ({ ours, parquet, csv }: Comparison) => ours.cpuSeconds / (parquet.cpuSeconds + csv.cpuSeconds);
  const rows = records.toLocaleString("en-US");
  return [
    {
      what: `${rows} 1 KB rows to JSONL, CSV, Parquet and provenance, median`,
      value: median(({ ours }) => ours.seconds),
      unit: "s",
    },
    { what: "CPU time of that, all threads", value: median(({ ours }) => ours.cpuSeconds), unit: "s" },
    {
      what: "peak memory of that, highest",
      value: sorted(({ ours }) => ours.peakMb).at(-1) ?? NaN,
      unit: "MB",
      aim: "< 150",
    },
    {
      what: "DuckDB COPY of the same rows, JSONL to Parquet",
      value: median(({ parquet }) => parquet.seconds),
      unit: "s",
    },
    { what: "DuckDB COPY of the same rows, JSONL to CSV", value: median(({ csv }) => csv.seconds), unit: "s" },
    { what: "ours relative to the sum of both, median", value: median(ratio), unit: "×", aim: "≤ 3.5" },
    { what: "the same, lowest", value: sorted(ratio)[0] ?? NaN, unit: "×" },
    { what: "the same, highest", value: sorted(ratio).at(-1) ?? NaN, unit: "×" },
    { what: "CPU time relative to the sum of both, median", value: median(cpuRatio), unit: "×" },
  ];
}

/** In its own process, so that its memory is measured alone. */
async function writeDataset(folder: string, records: number): Promise<WritingFigures> {
  const script = join(import.meta.dirname, "write-dataset.ts");
  const args = [...WORKER_FLAGS, "--import", "tsx", script, folder, String(records)];
  const env = { ...process.env, ...workerEnvironment(0) };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const figures = JSON.parse(stdout) as WritingFigures;
  if (figures.rows !== records) throw new Error(`The dataset has ${figures.rows} rows, not ${records}.`);
  return figures;
}

/** It reads the dataset's JSONL, as the export reads its parts, and uses every processor. */
async function copyByDuckDb(prefix: string, format: "parquet" | "csv"): Promise<Taken> {
  const connection = await (await DuckDBInstance.create()).connect();
  const options = format === "parquet" ? "format parquet, compression snappy" : "format csv, header";
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  await connection.run(
    `copy (select * exclude (_meta) from read_json('${prefix}dataset.jsonl')) to '${prefix}duckdb.${format}' (${options})`,
  );
  const cpu = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - began) / 1000;
  connection.closeSync();
  return { seconds, cpuSeconds: (cpu.user + cpu.system) / 1_000_000 };
}
