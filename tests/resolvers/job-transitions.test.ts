import { RESUME_JOB, act, budgetRow, change, givenJob, jobRow } from "./given.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("transitions", () => {
  test("pause stops a job, increments controlNo and removes it from the open list", async () => {
    const job = await givenJob(world, "ann");
    expect((await world.ask("ann", act("pauseJob"), { id: job.id })).pauseJob).toMatchObject({
      status: "PAUSED",
      controlNo: 1,
    });
    const stored = await jobRow(world, job.id);
    expect(stored).toMatchObject({ status: "PAUSED", ownerStatus: "ann#PAUSED" });
    expect(stored).not.toHaveProperty("queueKey");
  });

  describe.each([
    ["pauseJob", "QUEUED"],
    ["cancelJob", "QUEUED"],
    ["takeSnapshot", "QUEUED"],
    ["deleteJob", "COMPLETED"],
  ])("%s of a job that a transaction holds", (name, status) => {
    test("is retried", async () => {
      const { id } = await givenJob(world, "ann");
      await change(world, id, { status });
      world.hold(2);
      await world.ask("ann", act(name), { id });
      await world.settled();
      expect({ ...(await jobRow(world, id)) }).not.toMatchObject({ status, controlNo: 0, snapshot: undefined });
    });

    test("fails after the third attempt, and changes nothing", async () => {
      const { id } = await givenJob(world, "ann");
      await change(world, id, { status });
      world.hold(3);
      expect(await world.refusal("ann", act(name), { id })).toBe(
        "Conflict: The job changed at the same time; review it, then try again.",
      );
      expect(await jobRow(world, id)).toMatchObject({ status, controlNo: 0 });
    });
  });

  test("cancel exports the job with outcome CANCELLED", async () => {
    const job = await givenJob(world, "ann");
    await world.ask("ann", act("pauseJob"), { id: job.id });
    const { cancelJob } = await world.ask("ann", act("cancelJob"), { id: job.id });
    expect(cancelJob).toMatchObject({ status: "EXPORTING", outcome: "CANCELLED", controlNo: 2 });
    await world.settled();
    expect(await jobRow(world, job.id)).toMatchObject({ queueKey: "OWNER#ann", ownerStatus: "ann#EXPORTING" });
  });

  test("resume reopens a paused job and clears the reason of its status", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, {
      status: "PAUSED",
      parkedShards: 2,
      statusReason: "why",
      finishedAt: "2026-01-01T00:00:00Z",
    });
    const { resumeJob } = await world.ask("ann", RESUME_JOB, { id: job.id });
    expect(resumeJob).toMatchObject({
      status: "QUEUED",
      controlNo: 1,
      outcome: null,
      statusReason: null,
      finishedAt: null,
      budgetNanos: 1_000_000_000,
    });
    await world.settled();
    const stored = await jobRow(world, job.id);
    expect(stored).toMatchObject({ queueKey: "OWNER#ann", parkedShards: 0, ownerStatus: "ann#QUEUED" });
    expect(stored).not.toHaveProperty("statusReason");
  });

  test("resume with a larger budget adds the difference to the remaining budget", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: "BUDGET_EXCEEDED", outcome: "BUDGET_EXCEEDED" });
    await world.put("Jobs", { ...(await budgetRow(world, job.id)), remainingNanos: 10 });
    const { resumeJob } = await world.ask("ann", RESUME_JOB, { id: job.id, budget: 3_000_000_000 });
    expect(resumeJob).toMatchObject({ status: "QUEUED", budgetNanos: 3_000_000_000, outcome: null });
    expect(await budgetRow(world, job.id)).toMatchObject({ budgetNanos: 3_000_000_000, remainingNanos: 2_000_000_010 });
  });

  test("resume of a job at its budget needs enough for one more record", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: "BUDGET_EXCEEDED", outcome: "BUDGET_EXCEEDED" });
    await world.put("Jobs", { ...(await budgetRow(world, job.id)), remainingNanos: job.maxAttemptCostNanos - 5 });
    expect(await world.refusal("ann", RESUME_JOB, { id: job.id })).toBe(
      "BadInput: One record can cost up to $0.00007, more than what is left; raise the budget to at least $1.000000005.",
    );
    expect((await world.ask("ann", RESUME_JOB, { id: job.id, budget: 1_000_000_005 })).resumeJob.status).toBe("QUEUED");
  });

  test.each([999_999_999, 5_000_000_000_001, 1_000_000_000.5])("resume rejects the budget %d", async (budget) => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: "PAUSED" });
    expect(await world.refusal("ann", RESUME_JOB, { id: job.id, budget })).toBe(
      "BadInput: The new budget must be at least the current budget ($1.00) and at most $5000.00.",
    );
  });

  test.each([
    ["pauseJob", "COMPLETED", "Conflict: This job is COMPLETED; only a job that is queued or running can be paused."],
    [
      "cancelJob",
      "BUDGET_EXCEEDED",
      "Conflict: This job is BUDGET_EXCEEDED; only a job that is queued, running or paused can be canceled.",
    ],
    [
      "resumeJob",
      "CANCELLED",
      "Conflict: This job is CANCELLED; only a job that is paused or at its budget can be resumed.",
    ],
    [
      "deleteJob",
      "RUNNING",
      "Conflict: This job is RUNNING; only a job that is completed, canceled, failed or at its budget can be deleted; cancel it first.",
    ],
  ])("%s of a job that is %s is rejected and changes nothing", async (name, status, sentence) => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status });
    expect(await world.refusal("ann", act(name), { id: job.id })).toBe(sentence);
    expect(await jobRow(world, job.id)).toMatchObject({ status, controlNo: 0 });
  });

  test("a deleted job leaves no rows or objects behind", async () => {
    const job = await givenJob(world, "del");
    await change(world, job.id, { status: "COMPLETED" });
    for (const task of await world.all("Fleet")) if (task.jobId === job.id) await world.run("dispatch", stopped(task));
    expect((await world.ask("del", act("deleteJob"), { id: job.id })).deleteJob.status).toBe("DELETING");
    await world.settled();
    expect(JSON.stringify(await world.all("Jobs"))).not.toContain(job.id);
  });
});

function stopped(task: any) {
  return {
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    detail: { taskArn: task.taskArn, lastStatus: "STOPPED", startedBy: task.taskSlot, containers: [{ exitCode: 0 }] },
  };
}
