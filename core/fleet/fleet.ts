/** Who gets the fleet's next task, on which capacity, and which tasks need reconciling. */
import { isAtRest, PRIORITIES, type JobCapacity, type JobPriority, type JobStatus } from "../job/job.ts";
import type { JobRow } from "../job/job-row.ts";
import type { ShardRow } from "../shard/shard-row.ts";
import type { SpotRow, TaskRow } from "./fleet-rows.ts";

export interface FleetLimits {
  /** The most tasks of one owner at a time. */
  readonly perOwner: number;
  readonly overall: number;
}

/** A job that could use more tasks. */
export interface WaitingJob {
  readonly jobId: string;
  readonly owner: string;
  /** Among its owner's jobs; NORMAL when absent. */
  readonly priority?: JobPriority;
  /** How many more tasks it could use. */
  readonly wantedTasks: number;
}

/**
 * The jobs to start a task for, in order, as far as slots are free: each slot goes to the owner with the fewest tasks, and to
 * that owner's job of the highest priority, the oldest among equals. Priorities do not count between owners. A job that gets
 * two tasks is listed twice.
 */
export function planStarts(
  waiting: readonly WaitingJob[],
  running: { readonly overall: number; readonly byOwner: ReadonlyMap<string, number> },
  limits: FleetLimits,
): string[] {
  const wants = new Map(waiting.map(({ jobId, wantedTasks }) => [jobId, wantedTasks]));
  const has = new Map(running.byOwner);
  const oldestFirst = [...waiting].sort((a, b) => (a.jobId < b.jobId ? -1 : 1));
  const starts: string[] = [];
  while (running.overall + starts.length < limits.overall) {
    const ready = oldestFirst.filter(
      ({ jobId, owner }) => (wants.get(jobId) ?? 0) > 0 && (has.get(owner) ?? 0) < limits.perOwner,
    );
    const [first] = ready;
    if (!first) break;
    const { owner } = ready.reduce(
      (best, job) => ((has.get(job.owner) ?? 0) < (has.get(best.owner) ?? 0) ? job : best),
      first,
    );
    const own = ready.filter((job) => job.owner === owner);
    const next = own.reduce((best, job) => (rankOf(job) < rankOf(best) ? job : best));
    starts.push(next.jobId);
    wants.set(next.jobId, (wants.get(next.jobId) ?? 0) - 1);
    has.set(next.owner, (has.get(next.owner) ?? 0) + 1);
  }
  return starts;
}

function rankOf({ priority = "NORMAL" }: { readonly priority?: JobPriority }): number {
  return PRIORITIES.indexOf(priority);
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

/** A job as the index of open jobs lists it; `status` may be stale. */
export interface OpenJob {
  readonly jobId: string;
  readonly owner: string;
  readonly status: string;
  readonly priority?: JobPriority;
}

/** More than the jobs one owner's tasks work on, so there are always waiting jobs among them. */
const JOBS_PER_OWNER = 20;
const CLEANUPS_PER_SWEEP = 50;

/**
 * The open jobs to read, from a list with the oldest first: a few of each owner, by priority and then age, so that a thousand
 * jobs of one owner do not hide anyone else's, and some of those at rest, to be purged or swept.
 */
export function jobsToConsider(open: readonly OpenJob[]): string[] {
  const taken = new Map<string, number>();
  return [...open]
    .sort((one, other) => rankOf(one) - rankOf(other))
    .filter(({ owner, status }) => {
      const group = isAtRest(status as JobStatus) ? "" : owner;
      const before = taken.get(group) ?? 0;
      taken.set(group, before + 1);
      return before < (group === "" ? CLEANUPS_PER_SWEEP : JOBS_PER_OWNER);
    })
    .map(({ jobId }) => jobId);
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
