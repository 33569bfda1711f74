/** Raising budgets, adding records, retrying and changing the priority through the API. */
import { change, CREATE_JOB, givenJob, inputFor, JOB, jobRow, budgetRow } from "./given.ts";
import { startWorld, type World } from "./world.ts";

const RAISE = `mutation ($id: ID!, $budget: Float!) { raiseBudget(id: $id, budgetNanos: $budget) { ${JOB} } }`;
const EXTEND = `mutation ($id: ID!, $count: Int!, $budget: Float) {
  extendJob(id: $id, recordCount: $count, budgetNanos: $budget) { ${JOB} } }`;
const RETRY = `mutation ($id: ID!, $budget: Float) { retryFailed(id: $id, budgetNanos: $budget) { ${JOB} } }`;
const PRIORITIZE = `mutation ($id: ID!, $priority: JobPriority!) { setJobPriority(id: $id, priority: $priority) { ${JOB} } }`;
const ENDED = { outcome: "COMPLETED", statusReason: "why", finishedAt: "2026-01-01T00:00:00Z", queueKey: undefined };
const CHANGED = "Conflict: The job changed at the same time; review it, then try again.";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const shardRow = (jobId: string, n: number) => world.row("Jobs", { pk: `SHARD#${jobId}#${n}`, sk: "SHARD" });
const changeShard = async (jobId: string, n: number, changes: object) =>
  world.put("Jobs", { ...(await shardRow(jobId, n)), ...changes });
const spend = async (jobId: string, remainingNanos: number) =>
  world.put("Jobs", { ...(await budgetRow(world, jobId)), remainingNanos });

describe("raiseBudget", () => {
  test.each(["QUEUED", "RUNNING", "PAUSED", "BUDGET_EXCEEDED"])(
    "of a job that is %s adds to the remaining budget, reopens parked shards and keeps the job's status",
    async (status) => {
      const job = await givenJob(world, "ann");
      await change(world, job.id, { status, parkedShards: 2, statusReason: "why" });
      await spend(job.id, 10);
      const { raiseBudget } = await world.ask("ann", RAISE, { id: job.id, budget: 3_000_000_000 });
      expect(raiseBudget).toMatchObject({ status, budgetNanos: 3_000_000_000, controlNo: 1, statusReason: "why" });
      expect(await budgetRow(world, job.id)).toMatchObject({
        budgetNanos: 3_000_000_000,
        remainingNanos: 2_000_000_010,
      });
      expect(await jobRow(world, job.id)).toMatchObject({
        status,
        controlNo: 1,
        parkedShards: 0,
        budgetNanos: 3_000_000_000,
      });
    },
  );

  test("starts a task for shards that were parked", async () => {
    await world.empty();
    world.fleet.mood = "denies";
    const job = await givenJob(world, "rae", { recordCount: 1_000 });
    await change(world, job.id, { status: "RUNNING", parkedShards: 2 });
    world.fleet.reset();
    await world.ask("rae", RAISE, { id: job.id, budget: 3_000_000_000 });
    await world.settled();
    expect(world.fleet.tasks).toHaveLength(2);
  });

  test.each([
    [
      "EXPORTING",
      3_000_000_000,
      "Conflict: This job is EXPORTING; its budget can only be raised while it is queued, running, paused or at its budget.",
    ],
    [
      "COMPLETED",
      3_000_000_000,
      "Conflict: This job is COMPLETED; its budget can only be raised while it is queued, running, paused or at its budget.",
    ],
    ["RUNNING", 1_000_000_000, "BadInput: The new budget must exceed the current budget ($1.00)."],
    [
      "RUNNING",
      999_999_999,
      "BadInput: The new budget must be at least the current budget ($1.00) and at most $5000.00.",
    ],
    [
      "RUNNING",
      5_000_000_000_001,
      "BadInput: The new budget must be at least the current budget ($1.00) and at most $5000.00.",
    ],
  ])("of a job that is %s to %d is rejected and changes nothing", async (status, budget, sentence) => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status });
    const before = [await jobRow(world, job.id), await budgetRow(world, job.id)];
    expect(await world.refusal("ann", RAISE, { id: job.id, budget })).toBe(sentence);
    expect([await jobRow(world, job.id), await budgetRow(world, job.id)]).toEqual(before);
  });

  test("requested twice at the same time raises once", async () => {
    const job = await givenJob(world, "ann");
    const raise = () => world.ask("ann", RAISE, { id: job.id, budget: 2_000_000_000 });
    const answers = await Promise.allSettled([raise(), raise(), raise()]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await budgetRow(world, job.id)).toMatchObject({ budgetNanos: 2_000_000_000, remainingNanos: 2_000_000_000 });
  });
});

describe("extendJob", () => {
  test.each(["QUEUED", "RUNNING", "PAUSED"])(
    "of a job that is %s adds shards and keeps the job's status",
    async (status) => {
      const job = await givenJob(world, "ann");
      await change(world, job.id, { status, openShards: 1 });
      const old = await Promise.all([0, 1, 2].map((n) => shardRow(job.id, n)));
      const { extendJob } = await world.ask("ann", EXTEND, { id: job.id, count: 2_000 });
      expect(extendJob).toMatchObject({ status, recordCount: 2_000, controlNo: 1, budgetNanos: 1_000_000_000 });
      expect(extendJob.progress.map((shard: any) => shard.recordCount)).toEqual([400, 400, 400, 400, 400]);
      expect(await jobRow(world, job.id)).toMatchObject({ status, shardCount: 5, openShards: 3, recordCount: 2_000 });
      expect(await Promise.all([0, 1, 2].map((n) => shardRow(job.id, n)))).toEqual(old);
      expect(await shardRow(job.id, 3)).toMatchObject({
        ...{ jobId: job.id, owner: "ann", kind: "RECORDS", state: "OPEN", pass: 0, generation: 0 },
        ...{ fromSlot: 1_200, toSlot: 1_600, lowWaterSlot: 1_200, spending: [] },
      });
    },
  );

  test.each(["COMPLETED", "BUDGET_EXCEEDED"])(
    "of a job that is %s resumes it, and its dataset is kept until there is a new one",
    async (status) => {
      const job = await givenJob(world, "ann");
      const datasetFiles = [{ name: "dataset.jsonl", format: "JSONL", bytes: 1, rows: 1 }];
      await change(world, job.id, {
        ...ENDED,
        status,
        openShards: 0,
        parkedShards: 1,
        datasetPrefix: "d/",
        datasetFiles,
      });
      const { extendJob } = await world.ask("ann", EXTEND, { id: job.id, count: 1_201 });
      expect(extendJob).toMatchObject({ status: "QUEUED", outcome: null, statusReason: null, finishedAt: null });
      expect(extendJob.datasetFiles).toEqual(datasetFiles);
      await world.settled();
      const stored = await jobRow(world, job.id);
      expect(stored).toMatchObject({ queueKey: "OWNER#ann", openShards: 1, shardCount: 4, parkedShards: 0 });
      expect(stored).toMatchObject({ ownerStatus: "ann#QUEUED", datasetPrefix: "d/" });
    },
  );

  test("can raise the budget as well", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { ...ENDED, status: "COMPLETED", openShards: 0 });
    await spend(job.id, 5);
    expect(await world.refusal("ann", EXTEND, { id: job.id, count: 2_000 })).toMatch(
      /^BadInput: One record can cost up to \$0.00007, more than what is left; raise the budget to at least \$1.000069995\./,
    );
    const { extendJob } = await world.ask("ann", EXTEND, { id: job.id, count: 2_000, budget: 1_500_000_000 });
    expect(extendJob).toMatchObject({ status: "QUEUED", budgetNanos: 1_500_000_000, recordCount: 2_000 });
    expect(await budgetRow(world, job.id)).toMatchObject({ budgetNanos: 1_500_000_000, remainingNanos: 500_000_005 });
  });

  test.each([
    ["EXPORTING", 2_000, "Conflict: This job is EXPORTING; wait until its dataset is written, then add records."],
    ["FAILED", 2_000, "Conflict: This job is FAILED; retry the failed records, then add more."],
    [
      "CANCELLED",
      2_000,
      "Conflict: This job is CANCELLED; only a job that is queued, running, paused, completed or at its budget can be extended.",
    ],
    [
      "RUNNING",
      1_200,
      "BadInput: The number of records must exceed the current 1,200 and be at most 1,000,000, not 1,200.",
    ],
    [
      "RUNNING",
      1_000_001,
      "BadInput: The number of records must exceed the current 1,200 and be at most 1,000,000, not 1,000,001.",
    ],
  ])("of a job that is %s to %d is rejected and changes nothing", async (status, count, sentence) => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status });
    const before = await jobRow(world, job.id);
    expect(await world.refusal("ann", EXTEND, { id: job.id, count })).toBe(sentence);
    expect(await jobRow(world, job.id)).toEqual(before);
  });

  test("can be done several times, fails with a message when no shard is left, and progress shows every shard", async () => {
    const job = await givenJob(world, "ann", { recordCount: 40_000 });
    let count = 40_000;
    for (let n = 0; n < 5; n += 1) await world.ask("ann", EXTEND, { id: job.id, count: (count += 100_000) });
    const { progress } = (await world.ask("ann", `query ($id: ID!) { getJob(id: $id) { ${JOB} } }`, { id: job.id }))
      .getJob;
    expect(progress).toHaveLength(98);
    expect(progress.reduce((sum: number, shard: any) => sum + shard.recordCount, 0)).toBe(count);
    expect(await world.refusal("ann", EXTEND, { id: job.id, count: count + 1 })).toBe(
      "Conflict: This job cannot be extended again: it has 98 shards, the most a job may have. Start another job for more records.",
    );
  });

  test.each([
    ["QUEUED", "RUNNING"],
    ["RUNNING", "QUEUED"],
  ])("succeeds when a job that was %s is %s by the time it writes", async (before, after) => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: before });
    world.after("checkExtension", () => change(world, job.id, { status: after }));
    expect((await world.ask("ann", EXTEND, { id: job.id, count: 2_000 })).extendJob.recordCount).toBe(2_000);
    expect(await jobRow(world, job.id)).toMatchObject({ status: after, shardCount: 5 });
  });

  test("writes nothing when someone else has raised the same budget in the meantime: nothing is added twice", async () => {
    const job = await givenJob(world, "ann");
    world.after("checkExtension", async () =>
      world.put("Jobs", {
        ...(await budgetRow(world, job.id)),
        budgetNanos: 1_200_000_000,
        remainingNanos: 1_200_000_000,
      }),
    );
    expect(await world.refusal("ann", EXTEND, { id: job.id, count: 2_000, budget: 1_500_000_000 })).toBe(CHANGED);
    expect(await budgetRow(world, job.id)).toMatchObject({ budgetNanos: 1_200_000_000, remainingNanos: 1_200_000_000 });
    expect(await jobRow(world, job.id)).toMatchObject({ recordCount: 1_200, controlNo: 0 });
  });

  test("writes nothing when the job completes while the extension is checked", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: "RUNNING" });
    world.after("checkExtension", () => change(world, job.id, { status: "EXPORTING", outcome: "COMPLETED" }));
    expect(await world.refusal("ann", EXTEND, { id: job.id, count: 2_000 })).toBe(CHANGED);
    expect(await jobRow(world, job.id)).toMatchObject({ shardCount: 3, recordCount: 1_200 });
    expect(await shardRow(job.id, 3)).toBeUndefined();
  });
});

describe("retryFailed", () => {
  async function endedJob(status: string) {
    const job = await givenJob(world, "ann");
    await changeShard(job.id, 0, {
      state: "DONE",
      generation: 3,
      failed: 7,
      attempts: 500,
      lowWaterSlot: 400,
      delivered: 393,
      report: { generation: 3, reportNo: 9, delivered: 393, failed: 7 },
    });
    await changeShard(job.id, 1, { state: "DONE", generation: 2, lowWaterSlot: 800, delivered: 400 });
    await changeShard(
      job.id,
      2,
      status === "COMPLETED" ? { state: "DONE", delivered: 400 } : { consecutiveCrashes: 4 },
    );
    await change(world, job.id, { ...ENDED, status, openShards: status === "COMPLETED" ? 0 : 1 });
    return job;
  }

  test("opens the shards that have failed records in a new pass, and touches no others", async () => {
    const job = await endedJob("COMPLETED");
    const untouched = [await shardRow(job.id, 1), await shardRow(job.id, 2)];
    const { retryFailed } = await world.ask("ann", RETRY, { id: job.id });
    expect(retryFailed).toMatchObject({ status: "QUEUED", outcome: null, controlNo: 1, budgetNanos: 1_000_000_000 });
    expect(retryFailed.progress[0]).toMatchObject({ delivered: 393, failed: 0, generation: 4 });
    expect(await shardRow(job.id, 0)).toMatchObject({
      ...{
        state: "OPEN",
        pass: 1,
        priorUnsuccessfulAttempts: 107,
        causes: [],
        attempts: 500,
        lowWaterSlot: 0,
        failed: 0,
        delivered: 393,
      },
      generation: 4,
    });
    expect([await shardRow(job.id, 1), await shardRow(job.id, 2)]).toEqual(untouched);
    await world.settled();
    expect(await jobRow(world, job.id)).toMatchObject({
      openShards: 1,
      queueKey: "OWNER#ann",
      ownerStatus: "ann#QUEUED",
    });
  });

  test("of a failed job also continues with records never attempted, and resets crash counts", async () => {
    const job = await endedJob("FAILED");
    await world.ask("ann", RETRY, { id: job.id });
    expect(await jobRow(world, job.id)).toMatchObject({ status: "QUEUED", openShards: 2 });
    expect(await shardRow(job.id, 2)).toMatchObject({ state: "OPEN", pass: 0, consecutiveCrashes: 0, generation: 1 });
  });

  test("fits in one transaction with the maximum number of shards", async () => {
    const job = await givenJob(world, "ann", { recordCount: 40_000 });
    let count = 40_000;
    for (let n = 0; n < 5; n += 1) await world.ask("ann", EXTEND, { id: job.id, count: (count += 10_000) });
    for (let n = 0; n < 98; n += 1) await changeShard(job.id, n, { state: "DONE", failed: 1 });
    await change(world, job.id, { ...ENDED, status: "COMPLETED", openShards: 0 });
    expect((await world.ask("ann", RETRY, { id: job.id, budget: 1_100_000_000 })).retryFailed.status).toBe("QUEUED");
    expect(await jobRow(world, job.id)).toMatchObject({ openShards: 98, budgetNanos: 1_100_000_000 });
  });

  test.each([
    [
      "RUNNING",
      {},
      "Conflict: This job is RUNNING; only one that has completed, failed or reached its budget can be retried.",
    ],
    [
      "CANCELLED",
      {},
      "Conflict: This job is CANCELLED; only one that has completed, failed or reached its budget can be retried.",
    ],
    ["PAUSED", {}, "Conflict: This job is PAUSED; resume it and let it end, then retry the failed records."],
    ["COMPLETED", { failed: 0 }, "Conflict: This job has no failed records to retry."],
  ])("of a job that is %s with %j is rejected and changes nothing", async (status, first, sentence) => {
    const job = await endedJob("COMPLETED");
    await changeShard(job.id, 0, first);
    await change(world, job.id, { status });
    const before = [await jobRow(world, job.id), await shardRow(job.id, 0)];
    expect(await world.refusal("ann", RETRY, { id: job.id })).toBe(sentence);
    expect([await jobRow(world, job.id), await shardRow(job.id, 0)]).toEqual(before);
  });

  test("requires a higher budget when the rest does not cover one record", async () => {
    const job = await endedJob("BUDGET_EXCEEDED");
    await spend(job.id, 0);
    expect(await world.refusal("ann", RETRY, { id: job.id })).toMatch(/^BadInput: One record can cost up to /);
    expect((await world.ask("ann", RETRY, { id: job.id, budget: 2_000_000_000 })).retryFailed.status).toBe("QUEUED");
  });

  test("changes nothing when a lease has started since it read the shards", async () => {
    const job = await endedJob("COMPLETED");
    await changeShard(job.id, 0, { leaseTask: "somebody", leaseUntilMs: Date.now() + 60_000 });
    expect(await world.refusal("ann", RETRY, { id: job.id })).toBe(CHANGED);
    expect(await jobRow(world, job.id)).toMatchObject({ status: "COMPLETED", controlNo: 0 });
  });
});

describe("priority, capacity and task size", () => {
  test("are NORMAL, SPOT_FIRST and SMALL by default, also for jobs created before these options", async () => {
    const usual = { priority: "NORMAL", capacity: "SPOT_FIRST", taskSize: "SMALL" };
    const job = await givenJob(world, "ann");
    expect(job).toMatchObject(usual);
    await change(world, job.id, { priority: undefined, capacity: undefined, taskSize: undefined });
    const { getJob } = await world.ask("ann", `query ($id: ID!) { getJob(id: $id) { ${JOB} } }`, { id: job.id });
    expect(getJob).toMatchObject(usual);
  });

  test.each([{ priority: "HIGH" }, { capacity: "ON_DEMAND" }, { taskSize: "LARGE" }, { inFlight: 8 }])(
    "%j is stored, and makes different input for the same token",
    async (wish) => {
      const input = await inputFor(world, "ann", wish);
      expect((await world.ask("ann", CREATE_JOB, { input })).createJob).toMatchObject(wish);
      const [name] = Object.keys(wish);
      expect(await world.refusal("ann", CREATE_JOB, { input: { ...input, [name as string]: null } })).toMatch(
        /^Conflict: This client token/,
      );
    },
  );

  test.each(["QUEUED", "RUNNING", "PAUSED", "EXPORTING"])(
    "of a job that is %s: only the priority changes, and its place in the queue",
    async (status) => {
      const job = await givenJob(world, "ann");
      await change(world, job.id, { status });
      const before = await jobRow(world, job.id);
      const answer = await world.ask("ann", PRIORITIZE, { id: job.id, priority: "LOW" });
      expect(answer.setJobPriority).toMatchObject({ status, priority: "LOW", controlNo: 0 });
      expect(await jobRow(world, job.id)).toEqual({ ...before, priority: "LOW", queueOrder: `2#${job.id}` });
    },
  );

  test("of a job that has ended is rejected", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: "COMPLETED" });
    expect(await world.refusal("ann", PRIORITIZE, { id: job.id, priority: "LOW" })).toBe(
      "Conflict: This job is COMPLETED; only a job that is queued, running, paused or exporting can be given another priority.",
    );
  });

  test("of a job is pushed to its watchers", async () => {
    const job = await givenJob(world, "ann");
    const watch = await world.watch(
      "ann",
      "subscription ($id: ID) { onJobChanged(jobId: $id) { priority recordCount } }",
      { id: job.id },
    );
    await world.ask("ann", PRIORITIZE, { id: job.id, priority: "HIGH" });
    await world.settled();
    expect((await watch.next()).onJobChanged).toEqual({ priority: "HIGH", recordCount: 1_200 });
    watch.close();
  });
});
