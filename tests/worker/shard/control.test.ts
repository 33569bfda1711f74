import { tasksWanted } from "#core/fleet/fleet";
import { budgetKey, exportKey, jobKey, shardKey } from "#core/keys";
import { withOther } from "../doubles.ts";
import { JOB, mortal, World } from "../world.ts";

/** Acts once the model has answered `calls` calls. */
function whenAnswered(world: World, calls: number, act: () => void): void {
  const { behaviour } = world.model;
  world.model.behaviour = (request, callNo) => {
    if (callNo === calls) act();
    return behaviour(request, callNo);
  };
}

describe("a job's owner", () => {
  test("pauses it: calls in flight finish and are kept, lease and grant are given back", async () => {
    const world = new World({ records: 60 });
    whenAnswered(world, 40, () => world.setJob({ status: "PAUSED", queueKey: undefined }));
    await world.work();
    const [shard] = world.shards;
    expect(world.job.status).toBe("PAUSED");
    expect(shard).toMatchObject({ state: "OPEN", leaseUntilMs: 0, grantNanos: 0 });
    expect(shard?.leaseTask).toBeUndefined();
    expect(world.spentNanos).toBe(world.loggedNanos);
    expect(world.budget.writtenOffNanos).toBe(0);
  });

  test("resumes it: no call is paid for twice", async () => {
    const world = new World({ records: 60 });
    whenAnswered(world, 41, () => world.setJob({ status: "PAUSED", queueKey: undefined }));
    await world.work();
    world.resume();
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.lines("dataset.jsonl")).toHaveLength(60);
    expect(world.model.log).toHaveLength(120);
    expect(world.spentNanos).toBe(world.loggedNanos);
  });

  test("cancels it: calls in flight are aborted and charged their worst case, the records so far become the dataset", async () => {
    const world = new World({ records: 60 });
    whenAnswered(world, 40, () => world.setJob({ status: "EXPORTING", outcome: "CANCELLED" }));
    world.model.latencyMs = () => 700;
    await world.work();
    expect(world.job).toMatchObject({ status: "CANCELLED", outcome: "CANCELLED" });
    const rows = world.lines("dataset.jsonl");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(60);
    expect(rows).toHaveLength(world.shards[0]?.delivered ?? -1);
    expect(world.spentNanos).toBeGreaterThan(world.loggedNanos);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
    expect(world.file("README.md").toString()).toContain("canceled");
  });

  test("cancels it while several workers work on it: each first flushes what it has", async () => {
    const shards = Array.from({ length: 3 }, (_, n) => ({ from: n * 200, to: (n + 1) * 200 }));
    const world = new World({ records: 600, shards });
    whenAnswered(world, 300, () => world.setJob({ status: "EXPORTING", outcome: "CANCELLED" }));
    await world.clock.run(Promise.all([world.start(), world.start(), world.start()]));
    expect(world.job.status).toBe("CANCELLED");
    expect(new Set(world.shards.map(({ generation }) => generation))).toEqual(new Set([1]));
    expect(world.lines("dataset.jsonl")).toHaveLength(world.shards.reduce((sum, { delivered }) => sum + delivered, 0));
    expect(world.budget.writtenOffNanos).toBe(0);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  });

  test("cancels it after its worker vanished: what that may have spent is written off", async () => {
    const world = new World({ records: 60 });
    const dying = mortal(world.ports(), ({ no }) => no === 60, false);
    await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
    expect(world.shards[0]?.grantNanos).toBeGreaterThan(0);
    world.setJob({ status: "EXPORTING", outcome: "CANCELLED" });
    await world.work();
    expect(world.job.status).toBe("CANCELLED");
    expect(world.shards[0]).toMatchObject({ grantNanos: 0, generation: 2, leaseUntilMs: 0 });
    expect(world.budget.writtenOffNanos).toBeGreaterThan(0);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  });

  test("is obeyed even if the API does not answer", async () => {
    const world = new World({ records: 60 });
    world.reporter.isDown = true;
    whenAnswered(world, 40, () => world.setJob({ status: "PAUSED", queueKey: undefined }));
    await world.work();
    expect(world.model.log.length).toBeLessThan(100);
    expect(world.shards[0]?.leaseUntilMs).toBe(0);
    expect(world.warnings).toContain("Progress could not be reported.");
  });
});

describe("a worker that is stopped", () => {
  test("finishes its calls, gives back lease and grant, and the next one resumes", async () => {
    const world = new World({ records: 60 });
    const stop = new AbortController();
    whenAnswered(world, 40, () => stop.abort());
    await world.work(stop.signal);
    expect(world.job.status).toBe("RUNNING");
    expect(world.shards[0]).toMatchObject({ leaseUntilMs: 0, grantNanos: 0 });
    expect(world.spentNanos).toBe(world.loggedNanos);
    await world.work();
    expect(world.lines("dataset.jsonl")).toHaveLength(60);
    expect(world.model.log).toHaveLength(120);
  });

  test("aborts calls that do not end in time, and charges them", async () => {
    const world = new World({ records: 20 });
    const stop = new AbortController();
    let began = 0;
    world.model.latencyMs = (callNo) => (callNo > 5 ? 1e9 : 200);
    whenAnswered(world, 5, () => {
      began = world.clock.nowMs();
      stop.abort();
    });
    await world.work(stop.signal);
    expect(began).toBeGreaterThan(0);
    expect(world.clock.nowMs() - began).toBeLessThan(100_000);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
    expect(world.budget.writtenOffNanos).toBe(0);
  });
});

describe("several workers", () => {
  test("share a job's shards and generate each record once", async () => {
    const shards = Array.from({ length: 6 }, (_, n) => ({ from: n * 20, to: (n + 1) * 20 }));
    const world = new World({ records: 120, shards });
    await world.clock.run(Promise.all([world.start(), world.start(), world.start()]));
    await world.workUntilRest();
    expect(world.job.status).toBe("COMPLETED");
    const ids = world.lines("dataset.jsonl").map(({ id }) => id);
    expect(new Set(ids).size).toBe(120);
    expect(world.spentNanos).toBe(world.loggedNanos);
    expect(world.budget.writtenOffNanos).toBe(0);
    expect(new Set(world.shards.map(({ generation }) => generation))).toEqual(new Set([1]));
  });

  test("a zombie that lost its lease writes nothing more", async () => {
    const world = new World({ records: 40 });
    // The first worker's machine sleeps through its lease in the middle of a call.
    let slept = false;
    const { behaviour } = world.model;
    world.model.behaviour = (request, callNo) => {
      if (callNo === 20 && !slept) {
        slept = true;
        world.clock.skip(world.settings.leaseMs * 2);
        // Another worker takes over before the first wakes up.
        second = world.start();
      }
      return behaviour(request, callNo);
    };
    let second: Promise<void> | undefined;
    await world.clock.run(world.start().then(() => second));
    await world.workUntilRest();
    expect(world.job.status).toBe("COMPLETED");
    const ids = world.lines("dataset.jsonl").map(({ id }) => id);
    expect(new Set(ids).size).toBe(40);
    expect(ids).toHaveLength(40);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
    expect(world.loggedNanos).toBeLessThanOrEqual(world.spentNanos + world.budget.writtenOffNanos);
  });
});

test("a deleted job is left alone", async () => {
  const world = new World({ records: 10 });
  world.store.rows.delete(`${jobKey("01KB0000000000000000000000").pk}|JOB`);
  await world.work();
  expect(world.model.begun).toBe(0);
});

test("shards that remain unaffordable after a resume are tried once each, and start no further tasks", async () => {
  const shards = Array.from({ length: 3 }, (_, n) => ({ from: n * 20, to: (n + 1) * 20 }));
  const world = new World({ records: 60, shards });
  const { controlNo } = world.job;
  const leaseUntilMs = world.clock.nowMs() + 600_000;
  for (const n of [0, 1])
    world.store.put(shardKey(JOB, n), { ...world.shards[n], state: "PARKED", parkedAtControlNo: controlNo });
  const grantNanos = world.budget.remainingNanos;
  world.store.put(shardKey(JOB, 2), {
    ...world.shards[2],
    generation: 1,
    leaseTask: "other",
    leaseUntilMs,
    grantNanos,
  });
  world.store.put(budgetKey(JOB), { ...world.budget, remainingNanos: 0 });
  world.resume();
  expect(tasksWanted(world.job, 1)).toBe(2);
  await world.work();
  expect(world.job).toMatchObject({ status: "RUNNING", parkedShards: 2 });
  expect(tasksWanted(world.job, 1)).toBe(0);
  await world.work();
  expect(world.shards.map(({ generation }) => generation)).toEqual([1, 1, 1]);
});

test("a worker that slept through an ending and a resume does not publish its stale state", async () => {
  const world = new World({ records: 60, budgetNanos: 4_000_000 });
  let hasSlept = false;
  let wake: () => void = () => {};
  let fellAsleep: () => void = () => {};
  const asleep = new Promise<void>((resolve) => (fellAsleep = resolve));
  const ports = world.ports();
  const { store } = ports;
  const read: typeof store.read = async (key) => {
    if (key.pk === exportKey(JOB).pk && !hasSlept) {
      hasSlept = true;
      fellAsleep();
      await new Promise<void>((resolve) => (wake = resolve));
    }
    return await store.read(key);
  };
  const sleepy = { ...ports, store: withOther(store, { read }) };
  const sleeper = world.start(undefined, sleepy);
  await world.clock.run(asleep);
  await world.work();
  expect(world.job.status).toBe("BUDGET_EXCEEDED");

  world.resume(1_000_000_000);
  const upload = async () => Promise.reject(new Error("The worker vanished."));
  const failing = withOther(world.ports().objects, { upload });
  await world.work(undefined, { ...world.ports(), objects: failing }).catch(() => {});
  expect(world.job).toMatchObject({ status: "EXPORTING", outcome: "COMPLETED" });
  world.clock.skip(world.settings.leaseMs);
  wake();
  await world.clock.run(sleeper);
  expect(world.job.status).toBe("EXPORTING");
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  expect(world.lines("dataset.jsonl")).toHaveLength(60);
});
