import { ModelError } from "../../worker/ports.ts";
import { World } from "./world.ts";

describe("a job", () => {
  test("generates exactly as many records as requested and publishes them in slot order", async () => {
    const world = new World({
      records: 100,
      shards: [
        { from: 0, to: 40 },
        { from: 40, to: 100 },
      ],
    });
    await world.work();
    expect(world.job).toMatchObject({
      status: "COMPLETED",
      outcome: "COMPLETED",
      openShards: 0,
      ownerStatus: "owner-1#COMPLETED",
    });
    // Until the dispatcher has removed the parts that were compacted into the dataset.
    expect(world.job).toMatchObject({ queueKey: "LEFTOVERS", sweepGeneration: 1 });
    expect(world.job.startedAt).toBeDefined();
    const rows = world.lines("dataset.jsonl");
    expect(rows).toHaveLength(100);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(100);
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).sort());
    expect(Object.keys(rows[0])).toEqual(["id", "film", "year", "question", "answer", "_meta"]);
    expect(world.spentNanos).toBe(world.loggedNanos);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
    expect(world.budget.writtenOffNanos).toBe(0);
  });

  test("waits out a model that does not answer, says meanwhile what its server says, and loses no record", async () => {
    const world = new World({ records: 40 });
    const { behaviour } = world.model;
    const outageEndsMs = world.clock.nowMs() + 10 * 60_000;
    world.model.behaviour = (request, callNo) =>
      world.clock.nowMs() < outageEndsMs
        ? new ModelError("transient", "The server at http://h/v1 could not be reached.")
        : behaviour(request, callNo);
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.lines("dataset.jsonl")).toHaveLength(40);
    expect(world.spentNanos).toBe(world.loggedNanos);
    const problems = world.reporter.reports.map(
      ({ atMs, report }) => [atMs < outageEndsMs, report.modelProblem] as const,
    );
    expect(problems.filter(([, problem]) => problem).length).toBeGreaterThan(500);
    expect(problems.at(-1)).toEqual([false, null]);
  });

  test("has a report kept when it begins, ends, or what a model's server says changes, and otherwise four times a minute", async () => {
    const world = new World({ records: 40 });
    const { behaviour } = world.model;
    const [downMs, upMs] = [1, 5].map((minutes) => world.clock.nowMs() + minutes * 60_000);
    world.model.behaviour = (request, callNo) => {
      const nowMs = world.clock.nowMs();
      if (nowMs > downMs! && nowMs < upMs!) return new ModelError("transient", "The server is down.");
      return nowMs < upMs! && callNo > 20
        ? new ModelError("throttled", "Wait.", undefined, 60_000)
        : behaviour(request, callNo);
    };
    await world.work();
    const { reports } = world.reporter;
    const isChange = (n: number) => reports[n]?.report.modelProblem !== reports[n - 1]?.report.modelProblem;
    const expected = [0, reports.length - 1, ...[...reports.keys()].filter((n) => n > 0 && isChange(n))];
    for (const n of expected) expect({ n, isKept: reports[n]?.report.isKept }).toEqual({ n, isKept: true });
    expect(expected.length).toBeGreaterThan(3);
    const kept = reports.filter(({ report }) => report.isKept);
    expect(kept.length - expected.length).toBeLessThanOrEqual((world.clock.nowMs() - reports[0]!.atMs) / 15_000);
    expect(kept.length).toBeGreaterThan(15);
  });

  test("gives up on a model that does not answer for longer than half an hour", async () => {
    const world = new World({ records: 40, behaviour: () => new ModelError("transient", "The server is down.") });
    const beganAtMs = world.clock.nowMs();
    await world.work();
    expect(world.job.status).toBe("FAILED");
    expect(world.job.statusReason).toContain("The server is down.");
    expect(world.clock.nowMs() - beganAtMs).toBeGreaterThan(30 * 60_000);
    expect(world.clock.nowMs() - beganAtMs).toBeLessThan(60 * 60_000);
  });

  test("a call that can never succeed ends the job with its cause", async () => {
    const world = new World({
      records: 100,
      behaviour: () => new ModelError("inaccessible", "No access to the model."),
    });
    await world.work();
    expect(world.job.status).toBe("FAILED");
    expect(world.job.statusReason).toContain("No access to the model.");
    expect(world.model.begun).toBeLessThan(40);
    expect(world.lines("meta/failures.jsonl").length).toBeGreaterThanOrEqual(20);
  });
});
