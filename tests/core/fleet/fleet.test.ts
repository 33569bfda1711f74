import {
  afterSpotShortage,
  capacityFor,
  lackedCapacity,
  mayRestartImmediately,
  countActiveTasks,
  tasksWanted,
  tasksToReconcile,
} from "../../../core/fleet/fleet.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";

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
