/**
 * `npm run bench [-- NAME …] [--rows TEXT] [--short]`: runs the named benches or all, shows each figure as soon as it is measured,
 * and writes `bench/results/NAME.json`. Ctrl-C or its limit end a bench; what it measured until then has been shown.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BENCHES } from "./benches.ts";
import type { Figure } from "./figure.ts";

const LIMIT_MINUTES = 30;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: "string" }, short: { type: "boolean", default: false } },
});
const unknown = positionals.find((name) => !(name in BENCHES));
if (unknown) {
  console.error(`Expected a bench among ${Object.keys(BENCHES).join(", ")}, received "${unknown}".`);
  process.exit(64);
}
process.on("SIGINT", () => process.exit(130));

const options = { isShort: values.short, wants: (row: string) => !values.rows || row.includes(values.rows) };
let isComplete = true;
for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n${name}`);
  const figures: Figure[] = [];
  const ended = await Promise.race([measured(bench(options), figures), limit()]);
  if (ended === "limit") {
    console.error(`${name} took more than ${LIMIT_MINUTES} minutes; name some of its rows with --rows.`);
    isComplete = false;
  }
  // A part is no result, and a short form's figures mean nothing.
  if (ended === "done" && !values.rows && !values.short) await save(name, figures);
  if (ended === "limit") break;
}
process.exit(isComplete ? 0 : 1);

async function measured(bench: AsyncIterable<Figure>, figures: Figure[]): Promise<"done"> {
  for await (const figure of bench) {
    const { what, value, unit, aim } = figure;
    figures.push(figure);
    console.log(`  ${what}: ${Number(value.toPrecision(4))} ${unit}${aim ? ` (aim ${aim})` : ""}`);
  }
  return "done";
}

function limit(): Promise<"limit"> {
  return new Promise((resolve) => setTimeout(resolve, LIMIT_MINUTES * 60_000, "limit").unref());
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
