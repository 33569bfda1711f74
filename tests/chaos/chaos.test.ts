/** The short form of `npm run chaos`. */
import { jest } from "@jest/globals";
import type { Counts } from "./event-log.ts";
import { planOf } from "./plan.ts";
import { addCounts, failureText, neverInjected } from "./report.ts";
import { runChaos } from "./run.ts";

/** As in guards.test.ts. */
jest.setTimeout(120_000);
const RUNS = 20;
const seeds = Array.from({ length: RUNS }, (_, n) => [n + 1]);
const counts: Counts = {};

test.each(seeds)("a job ends as if nothing had gone wrong, to the nano-dollar (seed %i)", async (seed) => {
  const outcome = await runChaos(planOf(seed));
  addCounts(counts, outcome.counts);
  if (outcome.violations.length > 0) throw new Error(failureText(outcome));
});

test("every kind of fault has been injected", () => {
  expect(neverInjected(counts)).toEqual([]);
});
