import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { GET_JOB, REPORT_PROGRESS, MADE_UP, act, givenJob } from "./given.ts";
import { startWorld, type World } from "./world.ts";

const spent = (stepId: string, day: string | null, costNanos: number) => ({
  ...{ stepId, day, costNanos, modelId: "amazon.nova-micro-v1:0", calls: 1, inputTokens: 20, outputTokens: 7 },
});
const COST = "spending { stepId modelId day calls inputTokens outputTokens costNanos } workerMs parts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("progress", () => {
  const shard = {
    shardNo: 1,
    generation: 1,
    failed: 0,
    rejected: 2,
    mended: 0,
    causes: [{ cause: "It did not hold", attempts: 2, records: 0 }],
    spending: [spent("a", "2026-11-25", 9)],
    writtenOffNanos: 0,
    inputTokens: 5,
    outputTokens: 6,
    recordsPerSecond: 2.5,
    latest: ['{"a":1}'],
    isKept: true,
  };
  const report = (jobId: string, changes: object) =>
    world.report(REPORT_PROGRESS, {
      input: { jobId, shard: { ...shard, delivered: 1, spentNanos: 9, reportNo: 1, ...changes } },
    });
  async function leasedJob() {
    const job = await givenJob(world, "ann");
    const key = { pk: `SHARD#${job.id}#1`, sk: "SHARD" };
    await world.put("Jobs", {
      ...(await world.row("Jobs", key)),
      generation: 1,
      leaseUntilMs: Date.now() + 60_000,
      leaseTask: "t",
      delivered: 3,
    });
    return job;
  }

  test("accepts a newer report, and silently keeps the newest when an older one arrives late", async () => {
    const job = await leasedJob();
    expect((await report(job.id, { reportNo: 2, delivered: 8 })).reportProgress.shard).toMatchObject({
      delivered: 8,
      reportNo: 2,
      recordCount: 400,
    });
    // Watchers get what is true: the checkpoint, and the report that was kept.
    expect((await report(job.id, { reportNo: 1, delivered: 4 })).reportProgress.shard).toMatchObject({
      delivered: 3,
      reportNo: 2,
    });
    const { getJob } = await world.ask("ann", GET_JOB, { id: job.id });
    expect(getJob.progress[1]).toMatchObject({
      delivered: 3,
      reportNo: 2,
      recordsPerSecond: 2.5,
      latest: ['{"a":1}'],
      reportedAt: expect.any(String),
    });
  });

  test("pushes a report that is not kept, and writes nothing for it", async () => {
    const job = await leasedJob();
    await report(job.id, {});
    const before = await world.all("Jobs");
    const next = { reportNo: 2, delivered: 9, recordsPerSecond: 7, latest: ['{"a":2}'], isKept: false };
    expect((await report(job.id, next)).reportProgress.shard).toMatchObject({
      delivered: 9,
      reportNo: 2,
      latest: ['{"a":2}'],
    });
    expect(await world.all("Jobs")).toEqual(before);
    const { getJob } = await world.ask("ann", GET_JOB, { id: job.id });
    expect(getJob.progress[1]).toMatchObject({ reportNo: 1, recordsPerSecond: 2.5, latest: ['{"a":1}'] });
  });

  test("keeps neither records, nor causes, nor spending in the shard's row: its checkpoints would pay for them", async () => {
    const job = await leasedJob();
    await report(job.id, {});
    const row = await world.row("Jobs", { pk: `SHARD#${job.id}#1`, sk: "SHARD" });
    expect(Object.keys(row.report).sort()).toEqual([
      "generation",
      "modelProblem",
      "recordsPerSecond",
      "reportNo",
      "reportedAt",
    ]);
    expect(await world.row("Jobs", { pk: `JOB#${job.id}`, sk: "LATEST" })).toMatchObject({
      shardNo: 1,
      latest: ['{"a":1}'],
    });
  });

  test("shows the latest records of the shard that was kept last, and reads what earlier versions kept", async () => {
    const job = await leasedJob();
    await report(job.id, {});
    const key = { pk: `SHARD#${job.id}#0`, sk: "SHARD" };
    const { isKept: _, shardNo: __, ...whole } = { ...shard, delivered: 2, spentNanos: 1, reportNo: 3, generation: 0 };
    await world.put("Jobs", {
      ...(await world.row("Jobs", key)),
      report: { ...whole, reportedAt: "2026-01-01T00:00:00Z" },
    });
    const { getJob } = await world.ask("ann", GET_JOB, { id: job.id });
    expect(getJob.progress.map(({ latest }: { latest: string[] }) => latest)).toEqual([[], ['{"a":1}'], []]);
    expect(getJob.progress[0]).toMatchObject({ reportNo: 3, delivered: 0 });
  });

  test("shows what was rejected and why, as reported, and all causes from the checkpoints", async () => {
    const job = await leasedJob();
    const told = await world.report(
      "mutation ($input: ReportProgressInput!) { reportProgress(input: $input) { shard { rejected causes { cause attempts records } } } }",
      { input: { jobId: job.id, shard: { ...shard, delivered: 1, spentNanos: 9, reportNo: 1 } } },
    );
    expect(told.reportProgress.shard).toEqual({
      rejected: 2,
      causes: [{ cause: "It did not hold", attempts: 2, records: 0 }],
    });
    for (const shardNo of [0, 1]) {
      const key = { pk: `SHARD#${job.id}#${shardNo}`, sk: "SHARD" };
      const causes = [
        { cause: "It did not hold", attempts: 4 + shardNo, records: 1 },
        ...(shardNo === 1 ? [{ cause: "It broke", attempts: 1, records: 1 }] : []),
      ];
      await world.put("Jobs", { ...(await world.row("Jobs", key)), rejected: 5, causes });
    }
    const { getJob } = await world.ask(
      "ann",
      "query ($id: ID!) { getJob(id: $id) { failureCauses { cause attempts records } progress { rejected } } }",
      { id: job.id },
    );
    expect(getJob.failureCauses).toEqual([
      { cause: "It did not hold", attempts: 4, records: 1 },
      { cause: "It did not hold", attempts: 5, records: 1 },
      { cause: "It broke", attempts: 1, records: 1 },
    ]);
    expect(getJob.progress.map(({ rejected }: { rejected: number }) => rejected)).toEqual([5, 5, 0]);
  });

  test("of a job whose shards predate rejections shows none", async () => {
    const job = await leasedJob();
    const key = { pk: `SHARD#${job.id}#1`, sk: "SHARD" };
    const { rejected: _rejected, causes: _causes, ...old } = (await world.row("Jobs", key)) as Record<string, unknown>;
    await world.put("Jobs", old);
    const { getJob } = await world.ask(
      "ann",
      "query ($id: ID!) { getJob(id: $id) { failureCauses { cause } progress { rejected causes { cause } } } }",
      { id: job.id },
    );
    expect(getJob.failureCauses).toEqual([]);
    expect(getJob.progress[1]).toEqual({ rejected: 0, causes: [] });
  });

  test("tells watchers what was spent on as reported, and a query all of it from the checkpoints", async () => {
    const job = await leasedJob();
    const whole = [spent("a", "2026-11-25", 5), spent("b", "2026-11-26", 6)];
    const facts = [
      { spending: [spent("a", "2026-11-25", 7)], workerMs: 500, checkpointNo: 3 },
      { spending: whole, workerMs: 1_000, checkpointNo: 12 },
    ];
    for (const [shardNo, changes] of facts.entries()) {
      const key = { pk: `SHARD#${job.id}#${shardNo}`, sk: "SHARD" };
      await world.put("Jobs", { ...(await world.row("Jobs", key)), ...changes });
    }
    const watch = await world.watch(
      "ann",
      `subscription ($id: ID) { onJobChanged(jobId: $id) { shard { ${COST} } } }`,
      { id: job.id },
    );
    const spending = [spent("Other steps", null, 11)];
    await world.report(
      `mutation ($input: ReportProgressInput!) { reportProgress(input: $input) { jobId owner shard { ${COST} } } }`,
      { input: { jobId: job.id, shard: { ...shard, delivered: 1, spentNanos: 11, reportNo: 1, spending } } },
    );
    expect((await watch.next()).onJobChanged.shard).toEqual({ spending, workerMs: 1_000, parts: 12 });
    watch.close();
    const query = `query ($id: ID!) { getJob(id: $id) { progress { ${COST} } } }`;
    const { getJob } = await world.ask("ann", query, { id: job.id });
    expect(getJob.progress).toEqual([
      { spending: [spent("a", "2026-11-25", 7)], workerMs: 500, parts: 3 },
      { spending: whole, workerMs: 1_000, parts: 12 },
      { spending: [], workerMs: 0, parts: 0 },
    ]);
  });

  test("of a job whose shards predate the record of spending has none", async () => {
    const job = await leasedJob();
    const key = { pk: `SHARD#${job.id}#1`, sk: "SHARD" };
    const { spending: _, workerMs: __, ...old } = (await world.row("Jobs", key)) as Record<string, unknown>;
    await world.put("Jobs", old);
    const query = `query ($id: ID!) { getJob(id: $id) { progress { ${COST} } } }`;
    const { getJob } = await world.ask("ann", query, { id: job.id });
    expect(getJob.progress[1]).toEqual({ spending: [], workerMs: 0, parts: 0 });
  });

  test("ignores a worker whose lease was taken over", async () => {
    const job = await leasedJob();
    expect((await report(job.id, { generation: 0, reportNo: 9, delivered: 77 })).reportProgress.shard).toMatchObject({
      delivered: 3,
      reportNo: 0,
    });
  });

  test("shows the checkpoint where the report is behind, and no throughput when idle", async () => {
    const job = await leasedJob();
    await report(job.id, { delivered: 1 });
    const key = { pk: `SHARD#${job.id}#1`, sk: "SHARD" };
    await world.put("Jobs", { ...(await world.row("Jobs", key)), delivered: 30, leaseUntilMs: 0 });
    const { getJob } = await world.ask("ann", GET_JOB, { id: job.id });
    expect(getJob.progress[1]).toMatchObject({ delivered: 30, recordsPerSecond: 0 });
  });

  test("requests the report again while a transaction holds the shard", async () => {
    const job = await leasedJob();
    // Of many rows, so that it holds the shard for a while.
    const touch = (n: number) =>
      world.rows.send(
        new TransactWriteCommand({
          TransactItems: Array.from({ length: 100 }, (_, row) => ({
            Update: {
              TableName: "Jobs",
              Key: { pk: `SHARD#${job.id}#${row}`, sk: "SHARD" },
              UpdateExpression: "SET attempts = :n",
              ExpressionAttributeValues: { ":n": n },
            },
          })),
        }),
      );
    let isOver = false;
    const touchUntilOver = async () => {
      for (let n = 1; !isOver; n += 1) await touch(n).catch(() => undefined);
    };
    const touching = Promise.all(Array.from({ length: 4 }, touchUntilOver));
    let said: string | undefined;
    for (let n = 1; n <= 200 && said === undefined; n += 1)
      said = await report(job.id, { reportNo: n }).then(
        () => undefined,
        (error: Error) => error.message,
      );
    isOver = true;
    await touching;
    expect(said).toMatch(/^Conflict: /);
    await expect(report(job.id, { reportNo: 1_000 })).resolves.toMatchObject({
      reportProgress: { shard: { reportNo: 1_000 } },
    });
  });

  test("rejects a job that does not exist", async () => {
    await expect(world.report(REPORT_PROGRESS, { input: { jobId: MADE_UP } })).rejects.toThrow(
      "NotFound: There is no job with that id.",
    );
  });

  test("is pushed only to its owner, for all jobs or one", async () => {
    const [job, other] = [await leasedJob(), await leasedJob()];
    const query = "subscription ($id: ID) { onJobChanged(jobId: $id) { jobId owner status shard { delivered } } }";
    const all = await world.watch("ann", query);
    const one = await world.watch("ann", query, { id: other.id });
    const spy = await world.watch("eve", query);
    await report(job.id, { reportNo: 5, delivered: 12 });
    expect((await all.next()).onJobChanged).toEqual({
      jobId: job.id,
      owner: "ann",
      status: "QUEUED",
      shard: { delivered: 12 },
    });
    await report(other.id, { reportNo: 5, delivered: 13 });
    expect((await one.next()).onJobChanged).toMatchObject({ jobId: other.id });
    expect((await all.next()).onJobChanged).toMatchObject({ jobId: other.id });
    await world.report(REPORT_PROGRESS, { input: { jobId: (await givenJob(world, "eve")).id } });
    expect((await spy.next()).onJobChanged).toMatchObject({ owner: "eve" });
    expect([one.heard, spy.heard.filter(({ onJobChanged }) => onJobChanged.owner !== "eve")]).toEqual([[], []]);
    for (const watch of [all, one, spy]) watch.close();
  });

  test("pausing is reported to watchers, without a shard", async () => {
    const job = await givenJob(world, "ann");
    const watch = await world.watch(
      "ann",
      "subscription ($id: ID) { onJobChanged(jobId: $id) { status controlNo shard { id } } }",
      { id: job.id },
    );
    await world.ask("ann", act("pauseJob"), { id: job.id });
    expect((await watch.next()).onJobChanged).toEqual({ status: "PAUSED", controlNo: 1, shard: null });
    watch.close();
  });
});
