import { randomOf } from "#core/random";
import { ModelError, type ModelClient } from "../../../worker/ports.ts";
import { ANSWERS, JOB, mortal, TWO_STEPS, World } from "../world.ts";
import { seedIndexObject } from "#core/bucket";
import { shardKey } from "#core/keys";
import { crashesAtTakeover } from "#core/shard/lease";

describe("a model that does not always answer", () => {
  test("throttled calls are retried and cost nothing; concurrency falls and recovers", async () => {
    const random = randomOf("throttle");
    const world = new World({
      records: 200,
      behaviour: (request, callNo) =>
        random() < 0.3 ? new ModelError("throttled", "Too many requests.") : ANSWERS(request, callNo),
    });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.lines("dataset.jsonl")).toHaveLength(200);
    expect(world.model.begun).toBeGreaterThan(450);
    expect(world.model.log).toHaveLength(400);
    expect(world.spentNanos).toBe(world.loggedNanos);
  });

  test("a call without an answer is charged its worst case and retried", async () => {
    const world = new World({
      records: 10,
      behaviour: (request, callNo) =>
        callNo === 3 ? new ModelError("unclear", "The connection broke.") : ANSWERS(request, callNo),
    });
    await world.work();
    expect(world.lines("dataset.jsonl")).toHaveLength(10);
    expect(world.model.begun).toBe(21);
    expect(world.spentNanos).toBeGreaterThan(world.loggedNanos);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  });

  test("a record whose calls never get an answer fails after three of them, and leaves the budget to the others", async () => {
    const world = new World({
      records: 35,
      behaviour: (request, callNo) =>
        request.prompt.includes('"Film 3"')
          ? new ModelError("unclear", "The connection broke.")
          : ANSWERS(request, callNo),
    });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    const failures = world.lines("meta/failures.jsonl");
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0].reason).toBe("The connection broke.");
    expect(world.model.begun).toBe(world.lines("dataset.jsonl").length * 2 + failures.length * 3);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  });

  test("a call that exceeds its timeout is aborted", async () => {
    const world = new World({ records: 3 });
    world.model.latencyMs = (callNo) => (callNo === 2 ? 1e9 : 200);
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.lines("dataset.jsonl")).toHaveLength(3);
    expect(world.budget.writtenOffNanos).toBe(0);
    expect(world.spentNanos).toBeGreaterThan(world.loggedNanos);
  });
});

describe("a model that answers badly", () => {
  test("gets another attempt with another item, and none of its records is lost", async () => {
    const bad = (prompt: string) => prompt.includes("Film 3");
    const world = new World({
      records: 35,
      behaviour: (request, callNo) =>
        request.schema && bad(request.prompt) ? '{"answer": 5}' : ANSWERS(request, callNo),
    });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    const rows = world.lines("dataset.jsonl");
    expect(rows.filter(({ _meta }) => _meta.attempts > 1).length).toBeGreaterThan(0);
    expect(rows.some(({ film }) => film === "Film 3")).toBe(false);
    expect(rows).toHaveLength(35);
    const [cause] = world.shards[0]?.causes ?? [];
    expect(cause).toMatchObject({ cause: 'The answer to step "answer" does not match its schema', records: 0 });
    expect(cause?.attempts).toBe((world.shards[0]?.attempts ?? 0) - 35);
    const reportedNanos = rows.reduce((sum, { _meta }) => sum + _meta.costNanos, 0);
    expect(reportedNanos).toBeLessThanOrEqual(world.spentNanos);
  });

  test("for more records than tolerated ends the job early, its causes grouped", async () => {
    const world = new World({
      records: 400,
      behaviour: (request, callNo) => (request.schema && callNo % 10 !== 0 ? "no JSON" : ANSWERS(request, callNo)),
    });
    await world.work();
    expect(world.job).toMatchObject({ status: "FAILED", outcome: "FAILED" });
    expect(world.job.statusReason).toMatch(
      /^(\d+) of \d+ records failed, more than the 20% this job allows: \1 × The answer to step "answer" is not JSON\./,
    );
    expect(world.lines("dataset.jsonl")).toHaveLength(world.shards[0]?.delivered ?? -1);
  });

  test("an answer truncated at maxTokens says so", async () => {
    const world = new World({
      records: 25,
      behaviour: (request, callNo) =>
        request.schema ? { text: '{"answer": "ye', stopReason: "max_tokens" } : ANSWERS(request, callNo),
    });
    await world.work();
    expect(world.job.statusReason).toContain("truncated at maxTokens (200); raise it");
  });
});

describe("a self-contradictory template", () => {
  const withSchema = (more: string) => TWO_STEPS.replace("schema: {", () => `schema: { ${more},`);

  test.each([
    ["a pattern that never ends", "patternProperties: { '^(\\w+\\s?)+$': {} }"],
    ["a schema that refers to itself without end", "allOf: [{ $ref: '#' }]"],
  ])("fails the record and not the worker: %s", async (_, more) => {
    const world = new World({
      records: 2,
      template: withSchema(more),
      behaviour: ({ schema }) => (schema ? JSON.stringify({ answer: "Yes.", [`${"a".repeat(40)}!`]: 1 }) : "What?"),
    });
    await world.work();
    expect(world.job.status).toBe("FAILED");
    expect(world.lines("meta/failures.jsonl")[0].reason).toContain("could not be validated against its schema");
    expect(world.spentNanos).toBe(world.loggedNanos);
  });

  test("may use one $id for the schemas of two steps", async () => {
    const question = "output: { type: json, schema: { $id: it, type: object } }";
    const template = withSchema("$id: it").replace("tier: economy\n", `tier: economy\n    ${question}\n`);
    const world = new World({ records: 2, template });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
  });
});

test("a job whose seed set was deleted fails and says why", async () => {
  const world = new World({ records: 5 });
  world.objects.files.delete(seedIndexObject("owner-1", "S1"));
  await world.work();
  expect(world.job).toMatchObject({
    status: "FAILED",
    statusReason: expect.stringContaining("seed set was deleted"),
  });
});

describe("a poison slot", () => {
  async function workThatDies(world: World, isDeadly: (prompt: string) => boolean, workers: number): Promise<void> {
    for (let n = 0; n < workers && ["QUEUED", "RUNNING", "EXPORTING"].includes(world.job.status); n++) {
      const dying = mortal(world.ports(), ({ prompt }) => prompt !== undefined && isDeadly(prompt), false);
      await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
      world.clock.skip(world.settings.leaseMs);
    }
  }

  test("is found and failed, and all others are delivered", async () => {
    const world = new World({ records: 14, seeds: 14 });
    await workThatDies(world, (prompt) => prompt.includes('"Film 5"'), 12);
    expect(world.job.status).toBe("COMPLETED");
    expect(world.lines("dataset.jsonl")).toHaveLength(13);
    const failures = world.lines("meta/failures.jsonl");
    expect(failures).toHaveLength(1);
    expect(failures[0].reason).toContain("crashed the worker 3 times");
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  });

  test("is delivered like any other when it is retried and crashes no worker anymore", async () => {
    const world = new World({ records: 1 });
    await workThatDies(world, () => true, 12);
    expect(world.shards[0]).toMatchObject({ delivered: 0, failed: 1 });
    world.retryFailed();
    await world.workUntilRest();
    expect(world.lines("dataset.jsonl")).toHaveLength(1);
  });

  test("is not blamed for crashes before it was started", async () => {
    const world = new World({ records: 14 });
    world.setJob({ status: "RUNNING" });
    world.store.put(shardKey(JOB, 0), { ...world.shards[0], generation: 9, leaseTask: "gone", consecutiveCrashes: 3 });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.lines("dataset.jsonl")).toHaveLength(14);
  });

  test("runs alone, even among the worker's other shards, once workers have crashed", async () => {
    const shards = [
      { from: 0, to: 9 },
      { from: 9, to: 14 },
    ];
    const world = new World({ records: 14, shards });
    world.setJob({ status: "RUNNING" });
    const careful = { ...world.shards[1], generation: 2, leaseTask: "gone", consecutiveCrashes: 1 };
    world.store.put(shardKey(JOB, 1), careful);
    const inHand = new Set<string>();
    const concurrent: number[] = [];
    const ports = world.ports();
    const model: ModelClient = {
      converse: async (request, signal) => {
        inHand.add(request.prompt);
        if (world.shards[1]?.suspectedSlot) concurrent.push(inHand.size);
        return await ports.model.converse(request, signal).finally(() => inHand.delete(request.prompt));
      },
    };
    await world.clock.run(world.start(undefined, { ...ports, model }));
    expect(world.job.status).toBe("COMPLETED");
    expect(concurrent.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...concurrent)).toBe(1);
  });

  test("is not blamed in a shard that was leased ahead and only waited", async () => {
    const shards = [
      { from: 0, to: 12 },
      { from: 12, to: 14 },
    ];
    const world = new World({ records: 14, shards });
    world.settings.concurrency = 6;
    for (let death = 1; death <= 2; death++) {
      const dying = mortal(world.ports(), ({ prompt }) => prompt !== undefined && isLeased(1), false);
      const isLeased = (shardNo: number) => world.shards[shardNo]?.generation === death;
      await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
      world.clock.skip(world.settings.leaseMs);
      expect(world.shards.map(crashesAtTakeover)).toEqual([death, 0]);
    }
    expect(world.shards.map(({ generation }) => generation)).toEqual([2, 2]);
  });

  test("five crashes in a row without progress fail the job", async () => {
    const world = new World({ records: 14 });
    world.setJob({ status: "RUNNING" });
    world.store.put(shardKey(JOB, 0), { ...world.shards[0], generation: 9, leaseTask: "gone", consecutiveCrashes: 4 });
    await world.work();
    expect(world.job.status).toBe("FAILED");
    expect(world.job.statusReason).toContain("stopped 5 times in a row");
  });
});
