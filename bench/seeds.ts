import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BenchOptions, Figure } from "./figure.ts";
import type { ReadingFigures } from "./read-seeds.ts";
import { writeCsv, writeJsonl, writeParquet } from "./seed-files.ts";

/** Tables are read twice: for the types of their columns, then for their rows. */
const CASES = [
  { name: "CSV", file: "seeds.csv", bytes: 1_000_000_000, write: writeCsv, bare: "csv", by: "csv-parse", aim: "≤ 2.5" },
  {
    name: "JSONL",
    file: "seeds.jsonl",
    bytes: 1_000_000_000,
    write: writeJsonl,
    bare: "jsonl",
    by: "JSON.parse",
    aim: "≤ 1.5",
  },
  {
    name: "Parquet",
    file: "seeds.parquet",
    bytes: 200_000_000,
    write: writeParquet,
    bare: "parquet",
    by: "hyparquet",
    aim: "≤ 1.5",
  },
];

/** The short form reads this part of the files. */
const SHORT = 1_000;

/** Reads large seed files as the validation of a seed set does, compared with the bare parser on the same bytes. */
export async function* seeds({ isShort, wants }: BenchOptions): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  try {
    for (const { name, file, bytes, write, bare, by, aim } of CASES) {
      if (!wants(name)) continue;
      const path = join(folder, file);
      await write(path, isShort ? bytes / SHORT : bytes);
      const { size } = await stat(path);
      const alone = await readWith(bare, path);
      const items = await readWith("items", path);
      const check = await readWith("check", path);
      if (alone.rows !== items.rows) throw new Error(`${name}: ${items.rows} items, but ${by} finds ${alone.rows}.`);
      const what = `${name}, ${Math.round(size / 1e6)} MB`;
      const speed = ({ seconds }: ReadingFigures) => size / 1e6 / seconds;
      yield* [
        { what: `${what}: ${by} alone`, value: speed(alone), unit: "MB per CPU second" },
        { what: `${what}: read as items`, value: speed(items), unit: "MB per CPU second" },
        {
          what: `${what}: CPU time of that, relative to ${by} alone`,
          value: items.seconds / alone.seconds,
          unit: "×",
          aim,
        },
        {
          what: `${what}: whole validation (fields described, cut into blocks)`,
          value: speed(check),
          unit: "MB per CPU second",
        },
        { what: `${what}: peak memory of the validation`, value: check.peakMb, unit: "MB", aim: "≤ 512" },
      ];
      await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In its own process, so that its memory is measured alone. */
async function readWith(reader: string, file: string): Promise<ReadingFigures> {
  const script = join(import.meta.dirname, "read-seeds.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, reader, file]);
  return JSON.parse(stdout) as ReadingFigures;
}
