/** The chaos put to the test itself. */
import { GUARDS, type Guard } from "./guards.ts";
import { planOf } from "./plan.ts";
import { runChaos } from "./run.ts";

test("a seed reproduces its run, event for event", async () => {
  const [first, again] = [await runChaos(planOf(7)), await runChaos(planOf(7))];
  expect(again.lastEvents).toEqual(first.lastEvents);
  expect(again.counts).toEqual(first.counts);
});

/** Where a missing guard shows soonest: several workers and shards, and too little money for all of them. */
const TIGHT = Array.from({ length: 100 }, (_, n) => planOf(n + 1)).filter(
  ({ tasks, shards, budgetBounds }) => tasks >= 3 && shards.length >= 2 && budgetBounds < 100,
);
/** A loaded machine needs so long for all of them. */
const TIGHT_MS = 120_000;

test.each(Object.keys(GUARDS) as Guard[])(
  "without the guard %s the promises are broken",
  async (guard) => {
    for (const plan of TIGHT) if ((await runChaos({ ...plan, without: guard })).faults.length > 0) return;
    throw new Error(`${TIGHT.length} runs without the guard, and none found out. ${GUARDS[guard]}`);
  },
  TIGHT_MS,
);
