/** `npm run bench [-- NAME …]`: runs the named benches or all, prints a table for each and writes `bench/results/NAME.json`. */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { calls } from "./calls.ts";
import { dispatch } from "./dispatch.ts";
import { exporting } from "./export.ts";
import type { Figure } from "./figure.ts";
import { fleet } from "./fleet.ts";
import { memory } from "./memory.ts";
import { restart } from "./restart.ts";
import { screen } from "./screen.ts";
import { seeds } from "./seeds.ts";
import { small } from "./small.ts";
import { speed } from "./speed.ts";
import { startUp } from "./start-up.ts";
import { storm } from "./storm.ts";
import { templates } from "./templates.ts";
import { user } from "./user.ts";
import { writes } from "./writes.ts";

const BENCHES: Readonly<Record<string, () => Promise<Figure[]>>> = {
  "start-up": startUp,
  speed,
  calls,
  storm,
  writes,
  dispatch,
  restart,
  fleet,
  small,
  memory,
  export: exporting,
  screen,
  seeds,
  templates,
  user,
};

const requested = process.argv.slice(2);
const unknown = requested.find((name) => !(name in BENCHES));
if (unknown) {
  console.error(`Expected a bench among ${Object.keys(BENCHES).join(", ")}, received "${unknown}".`);
  process.exit(64);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (requested.length > 0 && !requested.includes(name)) continue;
  const figures = await bench();
  print(name, figures);
  await save(name, figures);
}
process.exit();

function print(name: string, figures: readonly Figure[]): void {
  console.log(`\n${name}`);
  console.table(
    figures.map(({ what, value, unit, aim = "" }) => ({ what, value: Number(value.toPrecision(4)), unit, aim })),
  );
}

async function save(name: string, figures: readonly Figure[]): Promise<void> {
  const folder = join(import.meta.dirname, "results");
  await mkdir(folder, { recursive: true });
  const machine = {
    processors: cpus().length,
    model: cpus()[0]?.model,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const results = { name, at: new Date().toISOString().slice(0, 10), machine, figures };
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
}
