/** How many tasks a job could use, on which capacity, and which tasks need reconciling. */
import type { JobCapacity } from "../job/job.ts";
import type { JobRow } from "../job/job-row.ts";
import type { ShardRow } from "../shard/shard-row.ts";
import type { SpotRow, TaskRow } from "./fleet-rows.ts";

export interface FleetLimits {
  /** The most tasks of one owner at a time. */
  readonly perOwner: number;
  readonly overall: number;
}

/**
 * How many more tasks a job could use. Every live lease is held by a task that has a slot, so open shards minus active tasks
 * is the unattended work. A job without open shards, or with only parked ones, needs a task to end it.
 */
export function tasksWanted(
  job: Pick<JobRow, "status" | "openShards" | "parkedShards" | "maxTasks">,
  tasks: number,
): number {
  if (job.status === "EXPORTING") return Math.max(0, 1 - tasks);
  if (job.status !== "QUEUED" && job.status !== "RUNNING") return 0;
  const usable = Math.max(1, job.openShards - job.parkedShards);
  return Math.max(0, Math.min(usable, job.maxTasks ?? usable) - tasks);
}

/** How long a task may be without a lease: to start, and to find another shard. */
const GRACE_PERIOD_MS = 3 * 60_000;

/** Whether a task is old enough that holding no lease means it is hung. */
export function isPastGracePeriod(task: Pick<TaskRow, "createdAtMs">, nowMs: number): boolean {
  return nowMs - task.createdAtMs > GRACE_PERIOD_MS;
}

/** How many of a job's tasks are active: the young ones, and those with a live lease. A hung task has none. */
export function countActiveTasks(
  tasks: readonly Pick<TaskRow, "taskSlot" | "createdAtMs">[],
  shards: readonly Pick<ShardRow, "leaseTask" | "leaseUntilMs">[],
  nowMs: number,
): number {
  const holders = new Set(shards.filter(({ leaseUntilMs }) => leaseUntilMs > nowMs).map(({ leaseTask }) => leaseTask));
  return tasks.filter((task) => !isPastGracePeriod(task, nowMs) || holders.has(task.taskSlot)).length;
}

/** After this many consecutive Spot shortages, tasks start on demand until a cooldown has passed. */
const MAX_SPOT_SHORTAGES = 3;
const SPOT_COOLDOWN_MS = 10 * 60_000;

/** @param chosen the owner's choice; SPOT_FIRST when absent */
export function capacityFor(
  spot: Pick<SpotRow, "shortages" | "lastShortageAtMs"> | undefined,
  nowMs: number,
  chosen?: JobCapacity,
): TaskRow["capacityProvider"] {
  if (chosen === "ON_DEMAND") return "FARGATE";
  if (!spot || spot.shortages < MAX_SPOT_SHORTAGES) return "FARGATE_SPOT";
  return nowMs - spot.lastShortageAtMs < SPOT_COOLDOWN_MS ? "FARGATE" : "FARGATE_SPOT";
}

/** What to remember of a Spot shortage; shortages long ago do not count. */
export function afterSpotShortage(
  spot: Pick<SpotRow, "shortages" | "lastShortageAtMs"> | undefined,
  nowMs: number,
): Pick<SpotRow, "shortages" | "lastShortageAtMs"> {
  const before = spot && nowMs - spot.lastShortageAtMs < SPOT_COOLDOWN_MS ? spot.shortages : 0;
  return { shortages: before + 1, lastShortageAtMs: nowMs };
}

/** Younger tasks are covered by events; describing them too would only cost calls. */
const SWEEP_AGE_MS = 60_000;

/** The tasks whose events may have been lost. */
export function tasksToReconcile(tasks: readonly TaskRow[], nowMs: number): TaskRow[] {
  return tasks.filter(({ createdAtMs }) => nowMs - createdAtMs >= SWEEP_AGE_MS);
}

/** How a task ended. */
export interface TaskEnd {
  readonly stopCode?: string;
  /** Absent when it never ran. */
  readonly startedAt?: string | Date;
  readonly exitCode?: number;
  /** How many leases it held when it stopped. */
  readonly leasesHeld: number;
}

/** Spot has no capacity: the same stop code as an interruption, but the task never ran. */
export function lackedCapacity({ stopCode, startedAt }: TaskEnd): boolean {
  return stopCode === "SpotInterruption" && !startedAt;
}

/**
 * Whether the job gets a new task immediately. A task that crashed before it held a lease would most likely crash again: its
 * job waits for the next sweep. Crashes with a lease are counted by the shard, which eventually fails the job.
 */
export function mayRestartImmediately(end: TaskEnd): boolean {
  return end.exitCode === 0 || end.leasesHeld > 0 || lackedCapacity(end);
}
