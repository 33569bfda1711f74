import { objectClient } from "../../resolvers/lambda/clients.ts";
import { change, CREATE_JOB, givenJob, inputFor, jobRow } from "./given.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => world.empty());
afterAll(() => world.stop());

const sweep = () => world.run("dispatch", { kind: "sweep" });
const tasks = async () => (await world.all("Fleet")).filter((row) => row.taskSlot);
const running = async (sk: string) => (await world.row("Fleet", { pk: "COUNT", sk }))?.running ?? 0;
const shardKey = (jobId: string, shardNo: number) => ({ pk: `SHARD#${jobId}#${shardNo}`, sk: "SHARD" });
const environmentOf = (request: any) =>
  Object.fromEntries(request.overrides.containerOverrides[0].environment.map(({ name, value }: any) => [name, value]));

function taskStopped(task: any, detail: object = {}) {
  const usual = {
    taskArn: task.taskArn,
    lastStatus: "STOPPED",
    startedBy: task.taskSlot,
    startedAt: "2026-01-01T00:00:00Z",
    containers: [{ exitCode: 0 }],
  };
  return { source: "aws.ecs", "detail-type": "ECS Task State Change", detail: { ...usual, ...detail } };
}

/** Makes a task old enough for the sweep. */
async function age(task: any, changes: object = {}) {
  const { taskArn, ...rest } = task;
  await world.put("Fleet", { ...rest, ...(taskArn ? { taskArn } : {}), createdAtMs: Date.now() - 120_000, ...changes });
}

async function lease(jobId: string, shardNo: number, leaseTask: string, leaseUntilMs = Date.now() + 60_000) {
  const row = await world.row("Jobs", shardKey(jobId, shardNo));
  await world.put("Jobs", { ...row, generation: row.generation + 1, leaseTask, leaseUntilMs, grantNanos: 500 });
}

/** A queued job of Ann's whose row alone exists: the dispatcher knows nothing of it. */
async function givenLostJob(): Promise<{ id: string; row: any }> {
  world.fleet.mood = "denies";
  const { id } = await givenJob(world, "ann", { recordCount: 10 });
  const row = await jobRow(world, id);
  await world.empty();
  return { id, row };
}

test("a new job gets tasks for its shards, on Spot, each with its slot and the job's tags", async () => {
  const job = await givenJob(world, "ann", { recordCount: 1_000 });
  expect(world.fleet.requests).toHaveLength(2);
  const [request] = world.fleet.requests;
  const [first] = await tasks();
  expect(request).toMatchObject({
    count: 1,
    clientToken: expect.stringMatching(/^[0-9A-Z]{26}-FARGATE_SPOT$/),
    capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    tags: [
      { key: "owner", value: "ann" },
      { key: "job", value: job.id },
    ],
  });
  expect(request).not.toHaveProperty("launchType");
  expect(environmentOf(request)).toEqual({
    JOB_ID: job.id,
    OWNER: "ann",
    BUDGET_ID: job.id,
    SEED_SET_OWNER: "ann",
    TASK_SLOT: request.startedBy,
    CONCURRENCY: "32",
    NODE_OPTIONS: "--max-old-space-size=614",
  });
  expect(request.overrides).toMatchObject({ cpu: "512", memory: "1024" });
  expect(first).toMatchObject({
    jobId: job.id,
    owner: "ann",
    taskArn: expect.stringContaining("task/fleet/"),
    capacityProvider: "FARGATE_SPOT",
  });
  expect([await running("OVERALL"), await running("OWNER#ann")]).toEqual([2, 2]);
});

test("no owner gets more tasks than allowed, and the fleet is shared", async () => {
  await givenJob(world, "ann", { recordCount: 5_000 });
  await givenJob(world, "ann", { recordCount: 5_000 });
  await givenJob(world, "bob", { recordCount: 5_000 });
  await givenJob(world, "eve", { recordCount: 5_000 });
  expect((await tasks()).map(({ owner }) => owner).sort()).toEqual(["ann", "ann", "bob"]);
  expect(await running("OVERALL")).toBe(3);
});

test("tasks get the size and capacity of their job, also when the request is repeated", async () => {
  await givenJob(world, "ann", { recordCount: 10, taskSize: "LARGE", capacity: "ON_DEMAND" });
  const [request] = world.fleet.requests;
  expect(request).toMatchObject({
    clientToken: expect.stringMatching(/-FARGATE$/),
    capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
    overrides: { cpu: "2048", memory: "4096" },
  });
  expect(environmentOf(request)).toMatchObject({ CONCURRENCY: "128", NODE_OPTIONS: "--max-old-space-size=2457" });
  const [task] = await tasks();
  const { taskArn: _, ...unanswered } = task;
  await age(unanswered);
  await sweep();
  expect(world.fleet.requests[1]).toEqual(request);
});

test("a job that asks for few calls in flight gets one task with as many, however many shards it has", async () => {
  const job = await givenJob(world, "ann", { recordCount: 5_000, inFlight: 8 });
  expect(job).toMatchObject({ inFlight: 8, maxTasks: 1, taskSize: "SMALL", task: { callsInFlight: 8 } });
  expect(await tasks()).toHaveLength(1);
  expect(environmentOf(world.fleet.requests[0])).toMatchObject({ CONCURRENCY: "8" });
});

test("one that asks for many gets as many tasks as have them, and a shard for each", async () => {
  const job = await givenJob(world, "ann", { recordCount: 100, inFlight: 200 });
  expect(job).toMatchObject({ maxTasks: 2, taskSize: "LARGE", task: { callsInFlight: 100 } });
  expect(await tasks()).toHaveLength(2);
  const input = await inputFor(world, "ann", { inFlight: 300 });
  expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(
    "BadInput: 300 calls in flight are more than 2 tasks of the size LARGE can have here; ask for at most 256.",
  );
});

test("the job with its owner's highest priority gets the next free task, no matter how many others are ahead of it", async () => {
  world.fleet.mood = "denies";
  for (let n = 0; n < 22; n += 1) await givenJob(world, "ann", { recordCount: 10 });
  const urgent = await givenJob(world, "ann", { recordCount: 10 });
  await world.ask("ann", "mutation ($id: ID!) { setJobPriority(id: $id, priority: HIGH) { priority } }", {
    id: urgent.id,
  });
  await world.settled();
  world.fleet.mood = "starts";
  await sweep();
  expect((await tasks()).map(({ jobId }) => jobId)).toContain(urgent.id);
  expect(environmentOf(world.fleet.tasks[0]?.request).JOB_ID).toBe(urgent.id);
});

test("concurrent dispatchers start no task twice and respect the limits", async () => {
  world.fleet.mood = "denies";
  const job = await givenJob(world, "ann", { recordCount: 10 });
  world.fleet.mood = "starts";
  await Promise.all(Array.from({ length: 6 }, sweep));
  expect((await tasks()).map(({ jobId }) => jobId)).toEqual([job.id]);
  expect(world.fleet.tasks).toHaveLength(1);
});

test("a stopped task releases its slot to the next job once, however often the event arrives", async () => {
  await givenJob(world, "ann", { recordCount: 5_000 });
  await givenJob(world, "bob", { recordCount: 5_000 });
  const waiting = await givenJob(world, "eve", { recordCount: 10 });
  const annsTask = (await tasks()).find(({ owner }) => owner === "ann");
  await change(world, annsTask.jobId, { status: "PAUSED" });
  await Promise.all([1, 2, 3].map(() => world.run("dispatch", taskStopped(annsTask))));
  expect((await tasks()).map(({ jobId }) => jobId)).toContain(waiting.id);
  expect((await tasks()).map(({ taskSlot }) => taskSlot)).not.toContain(annsTask.taskSlot);
  expect(await running("OVERALL")).toBe((await tasks()).length);
  expect(await running("OWNER#ann")).toBe(1);
});

test("the leases of a stopped task end immediately and keep grant and task, so that the next worker writes them off", async () => {
  const job = await givenJob(world, "ann", { recordCount: 1_000 });
  const [task, other] = await tasks();
  await lease(job.id, 0, task.taskSlot);
  await lease(job.id, 1, other.taskSlot);
  await world.run("dispatch", taskStopped(task, { containers: [{ exitCode: 137 }] }));
  const ended = await world.row("Jobs", shardKey(job.id, 0));
  expect(ended).toMatchObject({ leaseTask: task.taskSlot, grantNanos: 500, generation: 1 });
  expect(ended.leaseUntilMs).toBeLessThanOrEqual(Date.now());
  expect((await world.row("Jobs", shardKey(job.id, 1))).leaseUntilMs).toBeGreaterThan(Date.now());
  expect((await tasks()).filter(({ jobId }) => jobId === job.id)).toHaveLength(2);
});

test("a task that crashed before it held a lease is not restarted in a loop: its job waits for the sweep", async () => {
  await givenJob(world, "ann", { recordCount: 10 });
  const [task] = await tasks();
  await world.run(
    "dispatch",
    taskStopped(task, { startedAt: undefined, stopCode: "TaskFailedToStart", containers: [{ exitCode: 1 }] }),
  );
  expect(await tasks()).toHaveLength(0);
  await sweep();
  expect(await tasks()).toHaveLength(1);
});

test("watchers get the job's status when its task has stopped, whatever the worker itself still reported", async () => {
  const job = await givenJob(world, "ann", { recordCount: 10 });
  await change(world, job.id, { status: "COMPLETED" });
  const watch = await world.watch("ann", "subscription { onJobChanged { jobId status } }");
  const [task] = await tasks();
  await world.run("dispatch", taskStopped(task));
  expect((await watch.next()).onJobChanged).toEqual({ jobId: job.id, status: "COMPLETED" });
  watch.close();
});

test("a Spot interruption warning releases nothing yet", async () => {
  await givenJob(world, "ann", { recordCount: 10 });
  const [task] = await tasks();
  await world.run("dispatch", taskStopped(task, { lastStatus: "RUNNING", stopCode: "SpotInterruption" }));
  expect(await tasks()).toHaveLength(1);
});

test("after three Spot capacity shortages a task starts on demand", async () => {
  world.fleet.mood = "no spot";
  await givenJob(world, "ann", { recordCount: 10 });
  expect(await tasks()).toHaveLength(0);
  expect(await running("OVERALL")).toBe(0);
  await sweep();
  await sweep();
  await sweep();
  expect(world.fleet.requests.map((request) => request.capacityProviderStrategy[0].capacityProvider)).toEqual([
    "FARGATE_SPOT",
    "FARGATE_SPOT",
    "FARGATE_SPOT",
    "FARGATE",
  ]);
  expect(await tasks()).toMatchObject([{ capacityProvider: "FARGATE" }]);
});

test("a Spot task that never ran counts as a capacity shortage, and the next is started immediately", async () => {
  await givenJob(world, "ann", { recordCount: 10 });
  for (let n = 0; n < 3; n += 1) {
    const [task] = await tasks();
    await world.run(
      "dispatch",
      taskStopped(task, { startedAt: undefined, stopCode: "SpotInterruption", containers: [{}] }),
    );
  }
  expect(await tasks()).toMatchObject([{ capacityProvider: "FARGATE" }]);
});

test("a request whose response was lost is repeated with the same token, and starts no second task", async () => {
  world.fleet.mood = "loses the answer";
  await givenJob(world, "ann", { recordCount: 10 });
  const [task] = await tasks();
  expect(task).not.toHaveProperty("taskArn");
  world.fleet.mood = "starts";
  await age(task);
  await sweep();
  expect(world.fleet.tasks).toHaveLength(1);
  expect(new Set(world.fleet.requests.map(({ clientToken }) => clientToken)).size).toBe(1);
  expect(await tasks()).toMatchObject([{ taskArn: world.fleet.tasks[0]?.taskArn }]);
});

test("the sweep releases tasks that stopped unnoticed or are unknown to ECS, and leaves running ones alone", async () => {
  await givenJob(world, "ann", { recordCount: 5_000 });
  await givenJob(world, "bob", { recordCount: 5_000 });
  const [stopped, forgotten, alive] = await tasks();
  for (const task of [stopped, forgotten, alive]) await age(task);
  for (const task of world.fleet.tasks) if (task.taskArn === stopped.taskArn) task.lastStatus = "STOPPED";
  world.fleet.tasks.splice(
    world.fleet.tasks.findIndex(({ taskArn }) => taskArn === forgotten.taskArn),
    1,
  );
  world.fleet.mood = "denies";
  await sweep();
  expect((await tasks()).map(({ taskSlot }) => taskSlot)).toEqual([alive.taskSlot]);
  expect(await running("OVERALL")).toBe(1);
});

test("a task that cannot be reconciled does not block the others", async () => {
  await givenJob(world, "ann", { recordCount: 10 });
  const [broken] = await tasks();
  // No counter can have such a key, so releasing the slot fails.
  await age({ ...broken, owner: "x".repeat(2_000) }, { taskArn: "arn:aws:ecs:eu-west-1:1:task/c/forgotten" });
  world.fleet.mood = "denies";
  const job = await givenJob(world, "bob", { recordCount: 10 });
  world.fleet.mood = "starts";
  await sweep();
  expect((await tasks()).map(({ jobId }) => jobId)).toContain(job.id);
});

test("a job that the dispatcher was not told of gets its task by the sweep", async () => {
  const job = await givenLostJob();
  await world.put("Jobs", { ...job.row, queueKey: "NEW" });
  await sweep();
  expect((await tasks()).map(({ jobId }) => jobId)).toEqual([job.id]);
});

test("an owner who is missing from the list although a job of theirs waits is found by the sweep", async () => {
  const job = await givenLostJob();
  await world.put("Jobs", { ...job.row, queueKey: "OWNER#ann" });
  await sweep();
  expect((await tasks()).map(({ jobId }) => jobId)).toEqual([job.id]);
});

test("rows of an earlier version break nothing: their job gets tasks once its owner changes it", async () => {
  const job = await givenLostJob();
  const { queueKey: _, queueOrder: __, ...old } = job.row;
  await world.put("Jobs", { ...old, openKey: "OPEN" });
  await world.put("Fleet", { pk: "COUNT", sk: "OWNER#ann", running: 0 });
  await sweep();
  expect(await tasks()).toEqual([]);
  await world.run("dispatch", { kind: "job", jobId: job.id });
  expect((await tasks()).map(({ jobId }) => jobId)).toEqual([job.id]);
});

test("an exporting job gets one task, a paused one none", async () => {
  world.fleet.mood = "denies";
  const job = await givenJob(world, "ann", { recordCount: 5_000 });
  world.fleet.mood = "starts";
  await change(world, job.id, { status: "PAUSED" });
  await sweep();
  expect(await tasks()).toHaveLength(0);
  await change(world, job.id, { status: "EXPORTING", outcome: "CANCELLED" });
  await sweep();
  await sweep();
  expect(await tasks()).toHaveLength(1);
});

test("a deleted job is purged once no worker is active", async () => {
  const job = await givenJob(world, "ann", { recordCount: 10 });
  const [task] = await tasks();
  await change(world, job.id, { status: "DELETING" });
  await sweep();
  expect(JSON.stringify(await world.all("Jobs"))).toContain(job.id);
  await world.run("dispatch", taskStopped(task));
  expect(await world.all("Jobs")).toEqual([]);
});

describe("a published job", () => {
  const RUNS = [{ generation: 3, fromSeq: 0, toSeq: 0, compacted: true }];
  const LEFT = ["parts/J/0/1-0", "parts/J/0/2-7", "datasets/J/2/dataset.jsonl"];
  const KEPT = ["datasets/J/3/dataset.jsonl", "datasets/J/3/records/0-0"];
  const inJob = (names: readonly string[], jobId: string) => names.map((name) => name.replace("/J/", `/${jobId}/`));

  /** As left by the transaction that publishes the dataset of the export's third generation. */
  async function publishedJob(changes: object = {}) {
    const job = await givenJob(world, "ann", { recordCount: 10 });
    const shard = await world.row("Jobs", shardKey(job.id, 0));
    await world.put("Jobs", { ...shard, state: "DONE", generation: 2, partRanges: RUNS });
    await change(world, job.id, {
      status: "COMPLETED",
      datasetPrefix: `datasets/${job.id}/3/`,
      sweepGeneration: 3,
      ...changes,
    });
    for (const name of inJob([...LEFT, ...KEPT], job.id)) await world.putObject(name, "x");
    return job;
  }
  const objectsOf = async (jobId: string) => (await world.objects()).filter((name) => name.includes(jobId)).sort();

  test("is swept as soon as the task that exported it has stopped, and not again", async () => {
    const job = await publishedJob();
    const [task] = (await tasks()).filter(({ jobId }) => jobId === job.id);
    await world.run("dispatch", taskStopped(task));
    expect(await objectsOf(job.id)).toEqual(inJob(KEPT, job.id));
    expect(await jobRow(world, job.id)).not.toHaveProperty("queueKey");
    expect(await jobRow(world, job.id)).not.toHaveProperty("sweepGeneration");
  });

  test("is swept by the periodic sweep when that event was lost, however often it runs", async () => {
    const job = await publishedJob();
    await Promise.all([sweep(), sweep()]);
    await sweep();
    expect(await objectsOf(job.id)).toEqual(inJob(KEPT, job.id));
    expect(await jobRow(world, job.id)).not.toHaveProperty("sweepGeneration");
  });

  test("that is resumed loses nothing: neither what a lease writes, nor its place among the open jobs", async () => {
    const job = await publishedJob({ status: "QUEUED", controlNo: 7 });
    await lease(job.id, 0, "some task");
    const news = inJob(["parts/J/0/3-0", "parts/J/1/0-0", "datasets/J/4/dataset.jsonl"], job.id);
    for (const name of news) await world.putObject(name, "x");
    await world.run("dispatch", { kind: "job", jobId: job.id });
    expect(await objectsOf(job.id)).toEqual([...inJob(KEPT, job.id), ...news].sort());
    expect(await jobRow(world, job.id)).toMatchObject({ queueKey: "OWNER#ann", status: "QUEUED" });
    expect(await jobRow(world, job.id)).not.toHaveProperty("sweepGeneration");
  });

  test("that is published again during its sweep keeps its mark", async () => {
    const job = await publishedJob();
    const stack = objectClient().middlewareStack;
    const again = (next: any) => async (args: any) => {
      stack.remove("published again");
      await change(world, job.id, { sweepGeneration: 5, controlNo: 1 });
      return await next(args);
    };
    stack.add(again, { step: "initialize", name: "published again" });
    await sweep();
    expect(await jobRow(world, job.id)).toMatchObject({ queueKey: "LEFTOVERS", sweepGeneration: 5 });
  });

  test("that is being deleted stays among the leftovers until all of it is gone", async () => {
    const job = await publishedJob({ status: "DELETING" });
    await sweep();
    expect(await jobRow(world, job.id)).toMatchObject({ queueKey: "LEFTOVERS" });
  });
});
