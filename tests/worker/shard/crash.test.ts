import { hashOf, randomOf } from "#core/random";
import { shardKey } from "#core/keys";
import { withOther } from "../doubles.ts";
import { JOB, mortal, World } from "../world.ts";

const WISH = {
  records: 24,
  shards: [
    { from: 0, to: 13 },
    { from: 13, to: 24 },
  ],
};

/** Workers one after another, each killed after some port calls, until one survives to the end. */
async function runWithKills(world: World, seed: number): Promise<number> {
  const random = randomOf("kills", seed);
  // Answers arrive out of order, so that slots beyond the low-water mark are done when the worker dies.
  world.model.latencyMs = (callNo) => 50 + (hashOf(seed, callNo) % 900);
  let kills = 0;
  for (let n = 0; n < 200 && world.job.status !== "COMPLETED" && world.job.status !== "FAILED"; n++) {
    // Later workers live longer, or no shard would ever progress.
    const lastCall = 1 + Math.floor(random() * (25 + 15 * n));
    const dying = mortal(world.ports(), ({ no }) => no === lastCall, random() < 0.5);
    await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
    if (dying.isDead()) kills += 1;
    world.clock.skip(world.settings.leaseMs);
  }
  return kills;
}

describe("a worker killed at any instant", () => {
  test.each(Array.from({ length: 16 }, (_, seed) => [seed]))(
    "leaves exactly the records asked for and every nano-dollar accounted for (schedule %i)",
    async (seed) => {
      const world = new World(WISH);
      const kills = await runWithKills(world, seed);
      expect(kills).toBeGreaterThan(0);
      expect(world.job.status).toBe("COMPLETED");
      const ids = world.lines("dataset.jsonl").map(({ id }) => id);
      const set = world.shards.reduce((sum, { failed }) => sum + failed, 0);
      expect(ids.length + set).toBe(24);
      expect(new Set(ids).size).toBe(ids.length);
      expect(world.accountedNanos).toBe(world.budget.budgetNanos);
      expect(world.loggedNanos).toBeLessThanOrEqual(world.spentNanos + world.budget.writtenOffNanos);
      expect(world.shards.reduce((sum, { grantNanos }) => sum + grantNanos, 0)).toBe(0);
    },
  );

  test("generates the same dataset as one that is never killed", async () => {
    const undisturbed = new World(WISH);
    await undisturbed.work();
    const disturbed = new World(WISH);
    expect(await runWithKills(disturbed, 1001)).toBeGreaterThan(0);
    expect(disturbed.file("dataset.csv").toString()).toBe(undisturbed.file("dataset.csv").toString());
  });
});

test("a lease lost while waiting for money leaves the worker's other shards at full speed", async () => {
  const world = new World(WISH);
  world.settings.concurrency = 1;
  const ports = world.ports();
  let say: () => void = () => {};
  const longAfter = new Promise<void>((resolve) => (say = resolve));
  const write: typeof ports.store.write = async (change) => {
    const [lost] = world.shards;
    const isGrant = change.writes.some(({ add }) => add?.grantNanos);
    if (isGrant && lost?.generation === 1) {
      const leaseUntilMs = world.clock.nowMs() + 3_600_000;
      world.clock.after(600_000, say);
      world.store.put(shardKey(JOB, 0), { ...lost, generation: 2, leaseTask: "another", leaseUntilMs });
    }
    return await ports.store.write(change);
  };
  const { store } = ports;
  const robbed = { ...ports, store: withOther(store, { write }) };
  await world.clock.run(Promise.race([world.start(undefined, robbed), longAfter]));
  expect(world.shards.map(({ state, generation }) => [state, generation])).toEqual([
    ["OPEN", 2],
    ["DONE", 1],
  ]);
});
