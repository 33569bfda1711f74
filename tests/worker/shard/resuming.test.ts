/** More money, more records and a second try: each meets workers at any instant, and nothing that was made is made again. */
import { decodePart, partsOf } from "#core/shard/part";
import { RECORDS_ARCHIVED } from "#core/dataset/archive";
import { PlotPaletteError } from "#core/errors";
import { recordId } from "#core/shard/record";
import { jobKey, shardKey } from "#core/keys";
import { partObject } from "#core/bucket";
import type { PartRange, ShardRow } from "#core/shard/shard-row";
import type { Change } from "#core/change";
import { ModelError, type Ports } from "../../../worker/ports.ts";
import { withOther, type Behaviour } from "../doubles.ts";
import { ANSWERS, JOB, mortal, World, type JobWish } from "../world.ts";

/** Acts once the model has answered so many calls. */
function whenAnswered(world: World, calls: number, act: () => void): void {
  const { behaviour } = world.model;
  world.model.behaviour = (request, callNo) => {
    if (callNo === calls) act();
    return behaviour(request, callNo);
  };
}

/** Ports of a worker that lets `act` happen between what it has read and the first move of the job to EXPORTING. */
function overtakenAtTheEnd(world: World, act: () => void): Ports {
  const ports = world.ports();
  const { store } = ports;
  let acted = false;
  const write = async (change: Change) => {
    const ends = change.writes.some(({ key, set }) => key.pk === jobKey(JOB).pk && set?.status === "EXPORTING");
    if (ends && !acted) {
      acted = true;
      act();
    }
    return await store.write(change);
  };
  return { ...ports, store: withOther(store, { write }) };
}

async function undisturbed(wish: JobWish): Promise<string> {
  const world = new World(wish);
  await world.work();
  return world.file("dataset.csv").toString();
}

function expectWhole(world: World, records: number): void {
  expect(world.job).toMatchObject({ status: "COMPLETED", openShards: 0, parkedShards: 0 });
  expect(world.lines("dataset.jsonl").map(({ id }) => id)).toEqual(
    Array.from({ length: records }, (_, slot) => recordId(JOB, slot)),
  );
  expect(world.accountedNanos).toBe(world.budget.budgetNanos);
}

const THREE_SHARDS = Array.from({ length: 3 }, (_, n) => ({ from: n * 20, to: (n + 1) * 20 }));
const LITTLE = 4_000_000;
const PLENTY = 1_000_000_000;

describe("more money", () => {
  test("is found by a running worker, which never comes to the end of the budget", async () => {
    const world = new World({ records: 60, shards: THREE_SHARDS, budgetNanos: LITTLE });
    whenAnswered(world, 5, () => world.raise(PLENTY));
    await world.work();
    expectWhole(world, 60);
    expect(world.model.log).toHaveLength(120);
  });

  test("opens what is parked, for a worker that is still at another shard", async () => {
    const world = new World({ records: 60, shards: THREE_SHARDS, budgetNanos: LITTLE });
    let parked = 0;
    const ports = overtakenAtTheEnd(world, () => {
      parked = world.job.parkedShards;
      world.raise(PLENTY);
    });
    await world.work(undefined, ports);
    expect(parked).toBe(3);
    expectWhole(world, 60);
    expect(world.job.startedAt).toBeDefined();
  });

  test("makes the end of the budget stale, although the same shards are parked again by then", async () => {
    const world = new World({ records: 60, shards: THREE_SHARDS, budgetNanos: LITTLE });
    const ports = overtakenAtTheEnd(world, () => {
      const { parkedShards, openShards } = world.job;
      world.raise(PLENTY, { parkedShards, openShards });
    });
    await world.work(undefined, ports);
    expect(world.job.outcome).not.toBe("BUDGET_EXCEEDED");
  });

  test("keeps a shard from being parked that was refused a grant just before", async () => {
    const world = new World({ records: 60, shards: THREE_SHARDS, budgetNanos: LITTLE });
    const ports = world.ports();
    const { store } = ports;
    let acted = false;
    const write = async (change: Change) => {
      if (!acted && change.writes.some(({ set }) => set?.state === "PARKED")) {
        acted = true;
        world.raise(PLENTY);
      }
      return await store.write(change);
    };
    await world.work(undefined, {
      ...ports,
      store: withOther(store, { write }),
    });
    expect(acted).toBe(true);
    expectWhole(world, 60);
    expect(world.budget.writtenOffNanos).toBe(0);
  });
});

describe("more records", () => {
  test("are made by the worker that runs, and the dataset is that of a job that was asked for them at once", async () => {
    const world = new World({ records: 60 });
    whenAnswered(world, 40, () => world.extend(90));
    await world.work();
    expectWhole(world, 90);
    expect(world.model.log).toHaveLength(180);
    expect(world.file("dataset.csv").toString()).toBe(await undisturbed({ records: 90 }));
  });

  test("come to a job that has completed: nothing that was made is made or paid for again", async () => {
    const world = new World({ records: 60 });
    await world.work();
    const before = world.job;
    world.extend(1_500);
    expect(world.job.shardCount).toBe(4);
    await world.work();
    expectWhole(world, 1_500);
    expect(world.model.log).toHaveLength(3_000);
    expect(world.job.datasetPrefix).not.toBe(before.datasetPrefix);
    expect(world.shards[0]).toMatchObject({ generation: 1, fromSlot: 0, toSlot: 60 });
    expect(world.file("dataset.csv").toString()).toBe(await undisturbed({ records: 1_500 }));
  });

  test("keep a job from completing that has just made its last record", async () => {
    const world = new World({ records: 60 });
    const ports = overtakenAtTheEnd(world, () => world.extend(80));
    await world.work(undefined, ports);
    expectWhole(world, 80);
  });

  test("leave the dataset that is published in its place until theirs is", async () => {
    const world = new World({ records: 20 });
    await world.work();
    const { datasetPrefix, datasetFiles } = world.job;
    world.extend(40);
    await world.clock.run(
      Promise.race([world.start(), new Promise<void>((resolve) => world.clock.after(300, resolve))]),
    );
    expect(world.job).toMatchObject({ status: "RUNNING", datasetPrefix, datasetFiles });
    await world.workUntilRest();
    expectWhole(world, 40);
  });

  test("wait where the money does not reach, and go on with more", async () => {
    const world = new World({ records: 20, budgetNanos: 6_000_000 });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    world.extend(400);
    await world.work();
    expect(world.job.status).toBe("BUDGET_EXCEEDED");
    world.extend(420, PLENTY);
    await world.work();
    expectWhole(world, 420);
  });
});

/** The service refuses what is asked about one film of seven. */
const REFUSES: Behaviour = (request, callNo) =>
  request.prompt.includes("Film 3") ? new ModelError("invalid", "Not about this film.") : ANSWERS(request, callNo);

async function halfMade(wish: Partial<JobWish> = {}): Promise<World> {
  const world = new World({ records: 140, behaviour: REFUSES, ...wish });
  await world.workUntilRest();
  return world;
}

describe("a second try", () => {
  test("makes what failed, and nothing that was made", async () => {
    const world = await halfMade();
    const [made, failed] = [world.lines("dataset.jsonl"), world.lines("failures.jsonl")];
    expect(made.length + failed.length).toBe(140);
    expect(failed.length).toBeGreaterThan(10);
    const calls = world.model.log.length;
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    await world.work();
    expectWhole(world, 140);
    expect(world.job.datasetFiles.map(({ name }) => name)).not.toContain("failures.jsonl");
    expect(world.model.log).toHaveLength(calls + failed.length * 2);
    const byId = new Map(world.lines("dataset.jsonl").map((row) => [row.id, row]));
    for (const row of made) expect(byId.get(row.id)).toEqual(row);
    expect(world.shards[0]).toMatchObject({ pass: 1, delivered: 140, failed: 0, state: "DONE" });
  });

  test("goes on counting attempts, so that a slot draws other seeds than before", async () => {
    const world = await halfMade();
    const failed = world.lines("failures.jsonl");
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    await world.work();
    const byId = new Map(world.lines("dataset.jsonl").map((row) => [row.id, row]));
    for (const { id, attempts } of failed) expect(byId.get(id)._meta.attempts).toBe(attempts + 1);
    const others = failed.filter(({ id, seeds }) => byId.get(id)._meta.seeds.movie.item !== seeds.movie.item);
    expect(others.length).toBeGreaterThan(failed.length / 2);
  });

  test("gives each slot as many attempts as the first, and a third try starts over", async () => {
    const broken: Behaviour = (request, callNo) =>
      request.schema && request.prompt.includes("Film") ? "No object." : ANSWERS(request, callNo);
    const world = new World({ records: 5, behaviour: broken });
    await world.workUntilRest();
    expect(world.job).toMatchObject({ status: "FAILED", statusReason: expect.stringContaining("Every record failed") });
    const attempts = world.shards[0]?.attempts ?? 0;
    for (const pass of [1, 2]) {
      world.retryFailed();
      expect(world.shards[0]).toMatchObject({ pass, priorUnsuccessfulAttempts: attempts * pass, failed: 0 });
      await world.workUntilRest();
      expect(world.shards[0]).toMatchObject({ attempts: attempts * (pass + 1), failed: 5 });
    }
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    await world.workUntilRest();
    expectWhole(world, 5);
  });

  test("of a job that failed early goes on with all that was never begun", async () => {
    const world = new World({ records: 100, behaviour: () => new ModelError("hopeless", "No access to the model.") });
    await world.workUntilRest();
    expect(world.job.status).toBe("FAILED");
    expect(world.shards[0]?.failed).toBeLessThan(100);
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    await world.workUntilRest();
    expectWhole(world, 100);
    expect(world.model.log).toHaveLength(200);
  });

  test("of a job that was hopeless from the start is given as many attempts to prove itself, and fails anew if it is", async () => {
    const broken: Behaviour = (request, callNo) => (request.schema ? "No object." : ANSWERS(request, callNo));
    const world = new World({ records: 100, behaviour: broken });
    await world.workUntilRest();
    expect(world.job.statusReason).toMatch(/^The first \d\d attempts all failed for one cause/);
    const attempts = world.shards[0]?.attempts ?? 0;
    world.retryFailed();
    await world.workUntilRest();
    expect(world.job.statusReason).toMatch(/^The first \d\d attempts all failed for one cause/);
    expect(world.shards[0]?.attempts).toBeGreaterThanOrEqual(attempts + 20);
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    await world.workUntilRest();
    expectWhole(world, 100);
  });

  test("of a job whose workers all died begins with no deaths counted", async () => {
    const world = new World({ records: 30 });
    const gone = { generation: 5, leaseTask: "gone", leaseUntilMs: 0, consecutiveCrashes: 4 };
    world.store.put(shardKey(JOB, 0), { ...world.shards[0], ...gone });
    await world.workUntilRest();
    expect(world.job).toMatchObject({ status: "FAILED" });
    world.retryFailed();
    await world.workUntilRest();
    expectWhole(world, 30);
  });

  test.each([5, 20, 33, 47, 60])("survives a worker that vanishes at its call %i of the second pass", async (call) => {
    const world = await halfMade({
      records: 280,
      shards: [
        { from: 0, to: 150 },
        { from: 150, to: 280 },
      ],
    });
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    const dying = mortal(world.ports(), ({ no }) => no === call, call % 2 === 0);
    await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
    world.clock.skip(world.settings.leaseMs);
    await world.workUntilRest();
    expectWhole(world, 280);
    expect(made(world)).toHaveLength(280);
  });

  test("keeps in its parts no more than a window of what is done, however much was made before", async () => {
    const world = await halfMade({ records: 480 });
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    await world.work();
    const later = partsOfPass(world, 1);
    expect(later.length).toBeGreaterThan(0);
    for (const { done } of later) expect(done.length).toBeLessThanOrEqual(64);
  });

  test("keeps its lease while it reads what was made, and loses it like any other when it is taken", async () => {
    const world = await halfMade({ records: 480 });
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    const ports = world.ports();
    const slow = withOther(ports.objects, {
      read: async (name: string) => {
        if (name.startsWith("parts/")) await new Promise<void>((resolve) => world.clock.after(40_000, resolve));
        return await ports.objects.read(name);
      },
    });
    unfold(world);
    expect(partsOfPass(world, 0).length).toBeGreaterThan(8);
    await world.work(undefined, { ...ports, objects: slow });
    expectWhole(world, 480);
    expect(world.shards[0]?.generation).toBe(3);
  });

  test("of a worker that slept since before it cannot fail the job again", async () => {
    const world = new World({ records: 100, behaviour: () => new ModelError("hopeless", "No access.") });
    const ports = world.ports();
    const { store } = ports;
    let wake: () => void = () => {};
    let fellAsleep: () => void = () => {};
    const asleep = new Promise<void>((resolve) => (fellAsleep = resolve));
    let hasSlept = false;
    const write = async (change: Change) => {
      if (!hasSlept && change.writes.some(({ set }) => set?.outcome === "FAILED")) {
        hasSlept = true;
        fellAsleep();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return await store.write(change);
    };
    const sleepy = { ...ports, store: withOther(store, { write }) };
    const sleeper = world.start(undefined, sleepy);
    await world.clock.run(asleep);
    world.clock.skip(world.settings.leaseMs);
    await world.work();
    expect(world.job.status).toBe("FAILED");
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    whenAnswered(world, world.model.begun + 20, () => wake());
    await world.clock.run(Promise.all([world.start(), sleeper]));
    await world.workUntilRest();
    expectWhole(world, 100);
  });
});

/** S3 takes what lies with the dataset to the archive, until told to bring it back. */
function archive(world: World): () => void {
  const { objects } = world;
  const read = objects.read.bind(objects);
  objects.read = (name) =>
    name.startsWith("datasets/") ? Promise.reject(new PlotPaletteError("Conflict", RECORDS_ARCHIVED)) : read(name);
  return () => (objects.read = read);
}

describe("what was archived while the job went on", () => {
  test("keeps it from writing its dataset, says so, and is made no second time once it is back", async () => {
    const world = new World({ records: 40 });
    await world.work();
    world.extend(70);
    const restore = archive(world);
    await world.workUntilRest();
    expect(world.job).toMatchObject({ status: "FAILED", statusReason: RECORDS_ARCHIVED });
    expect(world.job.datasetFiles.length).toBeGreaterThan(0);
    restore();
    world.retryFailed();
    await world.workUntilRest();
    expectWhole(world, 70);
    expect(world.model.log).toHaveLength(140);
  });

  test("keeps a second try from beginning, says so, and is made no second time once it is back", async () => {
    const world = await halfMade();
    const failed = world.lines("failures.jsonl").length;
    const calls = world.model.log.length;
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    const restore = archive(world);
    await world.workUntilRest();
    expect(world.job).toMatchObject({ status: "FAILED", statusReason: RECORDS_ARCHIVED });
    restore();
    world.retryFailed();
    await world.workUntilRest();
    expectWhole(world, 140);
    expect(world.model.log).toHaveLength(calls + failed * 2);
  });
});

/** As the parts of a job at its budget lie: many, and not folded into a dataset. */
function unfold(world: World): void {
  const [shard] = world.shards;
  const parts = [...world.objects.files.keys()].filter((name) => name.startsWith(`parts/${JOB}/0/1-`));
  const runs = [{ generation: 1, fromSeq: 0, toSeq: parts.length - 1 }];
  world.store.put(shardKey(JOB, 0), { ...shard, partRanges: runs });
}

function partsOfPass(world: World, pass: number) {
  return world.shards.flatMap((shard) => partsIn(world, shard, ({ pass: of = 0 }) => of === pass));
}

function partsIn(world: World, { shardNo, partRanges }: ShardRow, wanted: (range: PartRange) => boolean) {
  return [...partsOf(partRanges.filter(wanted))].map(({ range, seq }) =>
    decodePart(String(world.objects.files.get(partObject(JOB, shardNo, range, seq)))),
  );
}

/** The slots of all records in all parts. */
function made(world: World): number[] {
  return world.shards.flatMap((shard) =>
    partsIn(world, shard, () => true).flatMap((part) => part.delivered.map(({ slot }) => slot)),
  );
}
