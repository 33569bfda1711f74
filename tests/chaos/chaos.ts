/**
 * `npm run chaos -- --runs 200 --seed 1` runs jobs with every kind of fault injected; each must end as if nothing had gone wrong.
 * `--without generation` removes one of the protocol's guards, and then some must not.
 */
import { parseArgs } from "node:util";
import { GUARDS, isGuard, type Guard } from "./guards.ts";
import { planOf } from "./plan.ts";
import { addCounts, printCounts, printFailure, neverInjected } from "./report.ts";
import { runChaos } from "./run.ts";
import type { Counts } from "./event-log.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    without: { type: "string" },
  },
});
const runs = whole("runs", values.runs);
const seed = whole("seed", values.seed);
const without = guard(values.without);
const counts: Counts = {};
let failed = 0;

const startedAtMs = Date.now();
for (let n = 0; n < runs; n++) {
  const outcome = await runChaos({ ...planOf(seed + n), without });
  addCounts(counts, outcome.counts);
  if (outcome.violations.length === 0) continue;
  failed += 1;
  console.error(`Run ${n + 1} of ${runs} failed.`);
  printFailure(outcome);
}
printCounts(counts);
// A few runs, say to reproduce a failure, need not meet every fault.
const missing = runs >= 100 ? neverInjected(counts) : [];
if (missing.length > 0) console.error(`Never injected: ${missing.join(", ")}. Make them likelier in plan.ts.`);
console.log(
  `${runs - failed} runs passed, ${failed} failed, in ${Math.round((Date.now() - startedAtMs) / 1000)} s (seed ${seed})`,
);
process.exit(failed > 0 || missing.length > 0 ? 1 : 0);

function guard(name: string | undefined): Guard | undefined {
  if (name === undefined || isGuard(name)) return name;
  console.error(`Expected one of ${Object.keys(GUARDS).join(", ")} after --without, received "${name}".`);
  process.exit(64);
}

function whole(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`Expected a whole number after --${name}, received "${text}".`);
  process.exit(64);
}
