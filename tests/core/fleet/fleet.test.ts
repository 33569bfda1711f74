import fc from "fast-check";
import {
  afterSpotShortage,
  capacityFor,
  jobsToConsider,
  lackedCapacity,
  mayRestartImmediately,
  planStarts,
  countActiveTasks,
  tasksWanted,
  tasksToReconcile,
} from "../../../core/fleet/fleet.ts";
import type { JobPriority } from "../../../core/job/job.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";

const LIMITS = { perOwner: 4, overall: 10 };
const job = (jobId: string, owner: string, wantedTasks: number) => ({ jobId, owner, wantedTasks });
const prior = (jobId: string, owner: string, priority: JobPriority) => ({ ...job(jobId, owner, 1), priority });
const running = (byOwner: Record<string, number> = {}) => ({
  overall: Object.values(byOwner).reduce((sum, n) => sum + n, 0),
  byOwner: new Map(Object.entries(byOwner)),
});

describe("planStarts", () => {
  test.each([
    ["gives a lone job what it wantedTasks", [job("1", "ann", 3)], running(), ["1", "1", "1"]],
    ["stops at an owner's limit", [job("1", "ann", 9)], running(), ["1", "1", "1", "1"]],
    ["counts what already runs", [job("1", "ann", 9)], running({ ann: 3 }), ["1"]],
    ["takes an owner's oldest job first", [job("2", "ann", 1), job("1", "ann", 2)], running(), ["1", "1", "2"]],
    ["goes round between owners", [job("1", "ann", 3), job("2", "bob", 3)], running(), ["1", "2", "1", "2", "1", "2"]],
    [
      "lets who has least go first",
      [job("1", "ann", 3), job("2", "bob", 3)],
      running({ ann: 2 }),
      ["2", "2", "1", "2", "1"],
    ],
    [
      "takes an owner's most important job first, and the oldest of those",
      [prior("1", "ann", "LOW"), prior("2", "ann", "NORMAL"), prior("3", "ann", "HIGH"), prior("4", "ann", "HIGH")],
      running(),
      ["3", "4", "2", "1"],
    ],
    [
      "lets nobody pass others by calling everything important",
      [prior("1", "ann", "NORMAL"), prior("2", "bob", "HIGH"), prior("3", "bob", "HIGH"), prior("4", "ann", "LOW")],
      running(),
      ["1", "2", "3", "4"],
    ],
    ["does nothing when all slots are taken", [job("1", "ann", 1)], running({ bob: 4, eve: 4, lea: 2 }), []],
    ["passes over jobs that have all they can use", [job("1", "ann", 0), job("2", "ann", 1)], running(), ["2"]],
  ])("%s", (_, waiting, now, starts) => {
    expect(planStarts(waiting, now, LIMITS)).toEqual(starts);
  });

  test("keeps to every limit, starts nothing that is not wanted, and leaves no slot free that somebody could use", () => {
    const anyJobs = fc.array(
      fc.record({ owner: fc.constantFrom("a", "b", "c"), wantedTasks: fc.integer({ min: 0, max: 6 }) }),
      { maxLength: 8 },
    );
    const anyRunning = fc.record({
      a: fc.integer({ min: 0, max: 4 }),
      b: fc.integer({ min: 0, max: 4 }),
      c: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(anyJobs, anyRunning, (jobs, byOwner) => {
        const waiting = jobs.map((each, n) => job(String(n), each.owner, each.wantedTasks));
        const now = running(byOwner);
        const starts = planStarts(waiting, now, LIMITS);
        const startedOf = (jobId: string) => starts.filter((started) => started === jobId).length;
        const tasksOfOwner = (owner: string) =>
          (now.byOwner.get(owner) ?? 0) +
          waiting.filter((each) => each.owner === owner).reduce((sum, each) => sum + startedOf(each.jobId), 0);
        expect(now.overall + starts.length).toBeLessThanOrEqual(Math.max(LIMITS.overall, now.overall));
        for (const each of waiting) expect(startedOf(each.jobId)).toBeLessThanOrEqual(each.wantedTasks);
        for (const owner of ["a", "b", "c"]) expect(tasksOfOwner(owner)).toBeLessThanOrEqual(LIMITS.perOwner);
        const couldGoOn = waiting.some(
          (each) => startedOf(each.jobId) < each.wantedTasks && tasksOfOwner(each.owner) < LIMITS.perOwner,
        );
        if (now.overall + starts.length < LIMITS.overall) expect(couldGoOn).toBe(false);
      }),
    );
  });
});

test.each([
  [{ status: "QUEUED", openShards: 3, parkedShards: 0 }, 0, 3],
  [{ status: "RUNNING", openShards: 3, parkedShards: 0 }, 2, 1],
  [{ status: "RUNNING", openShards: 3, parkedShards: 2 }, 1, 0],
  // Nothing is open, or all is parked: somebody has to end the job.
  [{ status: "RUNNING", openShards: 0, parkedShards: 0 }, 0, 1],
  [{ status: "RUNNING", openShards: 2, parkedShards: 2 }, 0, 1],
  [{ status: "RUNNING", openShards: 1, parkedShards: 0 }, 5, 0],
  [{ status: "EXPORTING", openShards: 9, parkedShards: 0 }, 0, 1],
  [{ status: "EXPORTING", openShards: 9, parkedShards: 0 }, 1, 0],
  [{ status: "PAUSED", openShards: 9, parkedShards: 0 }, 0, 0],
  [{ status: "COMPLETED", openShards: 0, parkedShards: 0 }, 0, 0],
  [{ status: "DELETING", openShards: 0, parkedShards: 0 }, 0, 0],
  [{ status: "RUNNING", openShards: 5, parkedShards: 0, maxTasks: 2 }, 1, 1],
  [{ status: "RUNNING", openShards: 5, parkedShards: 0, maxTasks: 2 }, 2, 0],
  [{ status: "RUNNING", openShards: 1, parkedShards: 0, maxTasks: 2 }, 1, 0],
] as const)("a job %j with %d tasks wantedTasks %d more", (row, tasks, wanted) => {
  expect(tasksWanted(row, tasks)).toBe(wanted);
});

test("a thousand jobs of one owner hide nobody else's, and purging does not either", () => {
  const many = (from: string, owner: string, status: string) =>
    Array.from({ length: 1_000 }, (_, n) => ({ jobId: `${from}${n}`, owner, status }));
  const considered = jobsToConsider([
    ...many("a", "ann", "QUEUED"),
    ...many("d", "bob", "DELETING"),
    { jobId: "b", owner: "bob", status: "QUEUED" },
  ]);
  expect(considered).toHaveLength(20 + 50 + 1);
  expect(considered.slice(0, 2)).toEqual(["a0", "a1"]);
  expect(considered).toContain("b");
});

test("a job that is important is not hidden by older ones of its owner", () => {
  const older = Array.from({ length: 40 }, (_, n) => ({ jobId: `a${n}`, owner: "ann", status: "QUEUED" }));
  const urgent = { jobId: "z", owner: "ann", status: "QUEUED", priority: "HIGH" as const };
  const idle = older.map((each) => ({ ...each, jobId: `0${each.jobId}`, priority: "LOW" as const }));
  const considered = jobsToConsider([...idle, ...older, urgent]);
  expect(considered).toEqual(["z", ...older.slice(0, 19).map(({ jobId }) => jobId)]);
});

test("capacity that was asked for at the full price is never looked for on Spot", () => {
  expect(capacityFor(undefined, 0, "ON_DEMAND")).toBe("FARGATE");
  expect(capacityFor(undefined, 0, "SPOT_FIRST")).toBe("FARGATE_SPOT");
  expect(capacityFor({ shortages: 3, lastShortageAtMs: 0 }, 1, "SPOT_FIRST")).toBe("FARGATE");
});

test("three misses in a row make tasks start at the full price, until ten minutes were quiet", () => {
  const minute = 60_000;
  let spot = afterSpotShortage(undefined, 0);
  expect(capacityFor(spot, 1)).toBe("FARGATE_SPOT");
  spot = afterSpotShortage(afterSpotShortage(spot, minute), 2 * minute);
  expect(spot.shortages).toBe(3);
  expect(capacityFor(spot, 3 * minute)).toBe("FARGATE");
  expect(capacityFor(spot, 13 * minute)).toBe("FARGATE_SPOT");
  expect(afterSpotShortage(spot, 30 * minute).shortages).toBe(1);
});

test("only tasks whose events should have come long ago are looked after", () => {
  const task = (taskSlot: string, createdAtMs: number) => ({ taskSlot, createdAtMs }) as TaskRow;
  expect(
    tasksToReconcile([task("young", 50_000), task("old", 40_000)], 100_000).map(({ taskSlot }) => taskSlot),
  ).toEqual(["old"]);
});

test.each([
  ["done", { exitCode: 0, startedAt: "x", leasesHeld: 0 }, true],
  ["killed at work", { exitCode: 137, startedAt: "x", leasesHeld: 1 }, true],
  ["interrupted by Spot before it ran", { stopCode: "SpotInterruption", leasesHeld: 0 }, true],
  ["broken from the start", { stopCode: "TaskFailedToStart", leasesHeld: 0 }, false],
  ["crashed before it held a lease", { exitCode: 1, startedAt: "x", leasesHeld: 0 }, false],
])("whether a job gets a new task at once: %s", (_, end, at) => {
  expect(mayRestartImmediately(end)).toBe(at);
  expect(lackedCapacity(end)).toBe("stopCode" in end && end.stopCode === "SpotInterruption");
});

describe("tasksAtWork", () => {
  const NOW = 1_000_000_000;
  const task = (taskSlot: string, ageMs: number) => ({ taskSlot, createdAtMs: NOW - ageMs });
  const lease = (leaseTask: string, untilMs: number) => ({ leaseTask, leaseUntilMs: NOW + untilMs });

  test.each([
    ["counts a task that is still starting", [task("a", 60_000)], [], 1],
    ["counts an old task that holds a lease", [task("a", 600_000)], [lease("a", 30_000)], 1],
    ["does not count an old task whose lease ran out: it is frozen", [task("a", 600_000)], [lease("a", -1)], 0],
    ["does not count an old task when another holds the lease", [task("a", 600_000)], [lease("b", 30_000)], 0],
  ])("%s", (_, tasks, shards, count) => {
    expect(countActiveTasks(tasks, shards, NOW)).toBe(count);
  });
});
