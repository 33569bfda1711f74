/** Tests of the chaos runs themselves. */
import { jest } from "@jest/globals";
import { GUARDS, type Guard } from "./guards.ts";
import { planOf } from "./plan.ts";
import { runChaos } from "./run.ts";

/** A run takes five to fifteen seconds, and several times that on a loaded machine. */
jest.setTimeout(120_000);

test("a seed reproduces its run, event for event", async () => {
  const [first, again] = [await runChaos(planOf(7)), await runChaos(planOf(7))];
  expect(again.lastEvents).toEqual(first.lastEvents);
  expect(again.counts).toEqual(first.counts);
});

/** Where a missing guard shows soonest: several workers and shards, and too little money for all of them. */
const TIGHT = Array.from({ length: 100 }, (_, n) => planOf(n + 1)).filter(
  ({ tasks, shards, budgetBounds }) => tasks >= 3 && shards.length >= 2 && budgetBounds < 100,
);
test.each(Object.keys(GUARDS) as Guard[])("without the guard %s, an invariant breaks", async (guard) => {
  for (const plan of TIGHT) if ((await runChaos({ ...plan, without: guard })).violations.length > 0) return;
  throw new Error(`None of ${TIGHT.length} runs without the guard noticed. ${GUARDS[guard]}`);
});
