import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Figure } from "./figure.ts";
import type { ReadingFigures } from "./read-seeds.ts";
import { writeCsv, writeJsonl, writeParquet } from "./seed-files.ts";

/** Tables are read twice, for the kinds of their columns and for their rows. */
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

/** Reading large seed files as the check of a seed set does, against the bare parser on the same bytes. */
export async function seeds(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  try {
    const figures: Figure[] = [];
    for (const { name, file, bytes, write, bare, by, aim } of CASES) {
      const path = join(folder, file);
      await write(path, bytes);
      const { size } = await stat(path);
      const alone = await readBy(bare, path);
      const items = await readBy("items", path);
      const check = await readBy("check", path);
      if (alone.rows !== items.rows) throw new Error(`${name}: ${items.rows} items, but ${by} finds ${alone.rows}.`);
      const what = `${name}, ${Math.round(size / 1e6)} MB`;
      const speed = ({ seconds }: ReadingFigures) => size / 1e6 / seconds;
      figures.push(
        { what: `${what}: ${by} alone`, value: speed(alone), unit: "MB per processor second" },
        { what: `${what}: read as items`, value: speed(items), unit: "MB per processor second" },
        {
          what: `${what}: processor time of that against ${by} alone`,
          value: items.seconds / alone.seconds,
          unit: "×",
          aim,
        },
        {
          what: `${what}: the whole check (described, cut into blocks)`,
          value: speed(check),
          unit: "MB per processor second",
        },
        { what: `${what}: peak memory of the check`, value: check.peakMb, unit: "MB", aim: "≤ 512" },
      );
      await rm(path);
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a process of its own, whose memory is then its alone. */
async function readBy(way: string, file: string): Promise<ReadingFigures> {
  const script = join(import.meta.dirname, "read-seeds.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, way, file]);
  return JSON.parse(stdout) as ReadingFigures;
}
