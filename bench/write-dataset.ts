/** Run by the bench "export" as its own process: writes the dataset from a folder of parts and prints its figures. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseTemplate } from "../core/template/parse.ts";
import { exportDataset } from "../worker/export/export.ts";
import type { Objects } from "../worker/ports.ts";
import { jobOf, TEMPLATE } from "./export-job.ts";

/** Printed as JSON. */
export interface WritingFigures {
  readonly seconds: number;
  /** Of all threads, without loading the code. */
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly rows: number;
}

const [folder = "", records = ""] = process.argv.slice(2);

const objects: Objects = {
  putIfAbsent: async (name, body) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, body);
  },
  read: (name) => readFile(join(folder, name), "utf8"),
  open: async (name) => createReadStream(join(folder, name)),
  upload: async (name, _, body, signal) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(body, createWriteStream(path), { signal });
  },
};

const began = performance.now();
const cpuBefore = process.cpuUsage();
const { datasetFiles: files } = await exportDataset({
  ...jobOf(Number(records)),
  objects,
  outcome: "COMPLETED",
  template: parseTemplate(TEMPLATE),
  source: TEMPLATE,
  generation: 1,
  signal: new AbortController().signal,
});
const cpu = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (cpu.user + cpu.system) / 1_000_000,
    peakMb: process.resourceUsage().maxRSS / 1024,
    rows: files.find(({ format }) => format === "PARQUET")?.rows ?? 0,
  } satisfies WritingFigures),
);
