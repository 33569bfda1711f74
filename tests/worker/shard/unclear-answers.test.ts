/** Lost answers, and stores that stop answering. */
import { hashOf } from "#core/random";
import type { Change } from "#core/change";
import type { Ports } from "../../../worker/ports.ts";
import { LeasedShard } from "../../../worker/shard/leased-shard.ts";
import { withOther } from "../doubles.ts";
import { JOB, World } from "../world.ts";

/** A store that loses answers: every few writes it throws, before or after they take effect, or reports false for a write it did. */
function forgetful(world: World, seed: number): Ports {
  const ports = world.ports();
  let writes = 0;
  const write = async (change: Change) => {
    const luck = hashOf("luck", seed, writes++) % 10;
    if (luck === 0) throw new Error("The connection broke before.");
    const done = await ports.store.write(change);
    if (luck === 1) throw new Error("The connection broke after.");
    // The client retried on its own, and the second time the condition failed.
    if (luck === 2 && change.postcondition) return (await ports.store.write(change)) && done;
    return done;
  };
  const { store } = ports;
  return { ...ports, store: withOther(store, { write }) };
}

test.each([1, 2, 3, 4, 5])("lost answers lose neither records nor money (schedule %i)", async (seed) => {
  const world = new World({
    records: 90,
    shards: [
      { from: 0, to: 40 },
      { from: 40, to: 90 },
    ],
  });
  await world.work(undefined, forgetful(world, seed));
  expect(world.job.status).toBe("COMPLETED");
  const ids = world.lines("dataset.jsonl").map(({ id }) => id);
  expect(new Set(ids).size).toBe(90);
  expect(ids).toHaveLength(90);
  expect(world.spentNanos).toBe(world.loggedNanos);
  expect(world.budget.writtenOffNanos).toBe(0);
  expect(world.accountedNanos).toBe(world.budget.budgetNanos);
});

test("a worker that cannot renew its lease starts no call after half of it, and aborts all before its end", async () => {
  const world = new World({ records: 2_000, shards: [{ from: 0, to: 2_000 }] });
  const ports = world.ports();
  let silentSince = 0;
  let lastRenewal = 0;
  const begun: number[] = [];
  let say: () => void = () => {};
  const muchLater = new Promise<void>((resolve) => (say = resolve));
  const { latencyMs } = world.model;
  // From some call on, none is answered: only the end of the lease aborts them.
  world.model.latencyMs = (callNo) => (callNo > 100 ? 1e9 : latencyMs(callNo));
  const { store } = ports;
  const silent: Ports = {
    ...ports,
    store: withOther(store, {
      write: async (change) => {
        if (world.model.begun > 60) {
          if (silentSince === 0) world.clock.after(200_000, say);
          silentSince ||= world.clock.nowMs();
          return await new Promise<never>(() => {});
        }
        if (change.writes[0]?.set?.leaseUntilMs) lastRenewal = world.clock.nowMs();
        return await store.write(change);
      },
    }),
    model: {
      converse: async (request, signal) => {
        begun.push(world.clock.nowMs());
        return await world.model.converse(request, signal);
      },
    },
  };
  void world.start(undefined, silent).catch(() => {});
  await world.clock.run(muchLater);
  expect(silentSince).toBeGreaterThan(0);
  expect(Math.max(...begun) - lastRenewal).toBeLessThan(world.settings.leaseMs / 2);
  expect(world.model.begun).toBeGreaterThan(100);
  expect(world.model.inFlight).toBe(0);
});

test("nothing is written after a failed part, so no checkpoint counts its records", async () => {
  const world = new World({ records: 2 });
  const ports = world.ports();
  let puts = 0;
  const putNew: Ports["objects"]["putIfAbsent"] = async (name, body) => {
    if (puts++ === 0) throw new Error("S3 is down.");
    await ports.objects.putIfAbsent(name, body);
  };
  const objects = withOther(ports.objects, { putIfAbsent: putNew });
  const shard = await LeasedShard.open({ ...ports, objects }, world.settings, world.job, world.shards[0]!);
  const meta = { models: {}, tokens: { input: 0, output: 0 }, costNanos: 0, seeds: {}, attempts: 1 };
  const make = () => {
    const slot = shard.window.take() ?? -1;
    shard.window.finish(slot, shard.unsaved.addRecord({ slot, columns: {}, meta }));
    return shard.flush();
  };
  const first = expect(make()).rejects.toThrow("S3 is down.");
  while (puts === 0) await Promise.resolve();
  await Promise.all([first, expect(make()).rejects.toThrow("S3 is down.")]);
  expect(world.shards[0]).toMatchObject({ jobId: JOB, delivered: 0, lowWaterSlot: 0, partRanges: [] });
});
