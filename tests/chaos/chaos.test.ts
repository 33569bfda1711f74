/** The short form of `npm run chaos`. */
import { GUARDS, type Guard } from "./guards.ts";
import type { Counts } from "./diary.ts";
import { planOf } from "./plan.ts";
import { addCounts, failureText, unstruck } from "./report.ts";
import { runChaos } from "./run.ts";

const RUNS = 20;
const seeds = Array.from({ length: RUNS }, (_, n) => [n + 1]);
const counts: Counts = {};

test.each(seeds)("a job ends as if nothing had happened to it, to the nano-dollar (seed %i)", async (seed) => {
  const outcome = await runChaos(planOf(seed));
  addCounts(counts, outcome.counts);
  if (outcome.faults.length > 0) throw new Error(failureText(outcome));
});

test("meanwhile every kind of fault has struck", () => {
  expect(unstruck(counts)).toEqual([]);
});

test("a seed repeats its run, event for event", async () => {
  const [first, again] = [await runChaos(planOf(7)), await runChaos(planOf(7))];
  expect(again.lastEvents).toEqual(first.lastEvents);
  expect(again.counts).toEqual(first.counts);
});

test.each(Object.keys(GUARDS) as Guard[])("without the guard %s the promises are broken", async (guard) => {
  for (const [seed] of seeds) {
    const { faults } = await runChaos({ ...planOf(seed ?? 1), without: guard });
    if (faults.length > 0) return;
  }
  throw new Error(`${RUNS} runs without the guard, and none found out. ${GUARDS[guard]}`);
});
