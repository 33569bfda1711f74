/** Starts tasks for jobs that wait, as far as slots are free. */
import { ulid } from "ulid";
import { ENVIRONMENT } from "../../../core/environment.ts";
import {
  afterSpotShortage,
  capacityFor,
  isPastGracePeriod,
  planStarts,
  countActiveTasks,
  tasksWanted,
  type FleetLimits,
} from "../../../core/fleet/fleet.ts";
import { taskKey } from "../../../core/keys.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { logger } from "../lambdaHandler.ts";
import { setting } from "../clients.ts";
import { readShards } from "./jobs.ts";
import { releaseSlot, recordArn, readOwnerCount, readSpot, readTasks, acquireSlot, writeSpot } from "./slots.ts";
import { startTask } from "./tasks.ts";

/** Each round decides on what it reads; a round that another dispatcher has overtaken is followed by one that reads anew. */
const ROUNDS = 5;

/** @param jobs the open jobs, from base rows */
export async function placeTasks(jobs: readonly JobRow[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    if ((await placeOnce(jobs)) !== "overtaken") return;
  }
}

async function placeOnce(jobs: readonly JobRow[]): Promise<"placed" | "overtaken" | "no capacity"> {
  const limits = fleetLimits();
  const counts = await ownerCounts(jobs);
  // Read after the counts: a task that another dispatcher adds meanwhile changes a count, and acquireSlot refuses.
  const tasks = await readTasks();
  const waiting = await Promise.all(
    jobs.map(async (job) => ({
      jobId: job.jobId,
      owner: job.owner,
      priority: job.priority,
      wantedTasks: tasksWanted(job, await countAtWork(job, tasks, Date.now())),
    })),
  );
  const byId = new Map(jobs.map((job) => [job.jobId, job]));
  for (const jobId of planStarts(waiting, { overall: tasks.length, byOwner: counts }, limits)) {
    const job = byId.get(jobId) as JobRow;
    const seen = counts.get(job.owner) ?? 0;
    const task = newTask(job, capacityFor(await readSpot(), Date.now(), job.capacity));
    if (!(await acquireSlot(task, seen, limits))) return "overtaken";
    counts.set(job.owner, seen + 1);
    if ((await startOrRelease(task, job)) === "no capacity") return "no capacity";
  }
  return "placed";
}

/** Starts the task of a slot, or gives the slot back when it surely did not start. */
export async function startOrRelease(
  task: TaskRow,
  job: JobRow,
): Promise<"started" | "unclear" | "refused" | "no capacity"> {
  const answer = await startTask(task, job);
  if (answer.kind === "started") {
    await recordArn(task.taskSlot, answer.taskArn);
    return "started";
  }
  logger.warn("A task did not start", { task, answer });
  if (answer.kind === "unclear") return "unclear";
  await releaseSlot(task);
  if (!answer.lackedCapacity) return "refused";
  if (task.capacityProvider === "FARGATE_SPOT") await writeSpot(afterSpotShortage(await readSpot(), Date.now()));
  return "no capacity";
}

function newTask(job: JobRow, capacityProvider: TaskRow["capacityProvider"]): TaskRow {
  const taskSlot = ulid();
  return {
    ...taskKey(taskSlot),
    taskSlot,
    jobId: job.jobId,
    owner: job.owner,
    capacityProvider,
    createdAtMs: Date.now(),
  };
}

async function ownerCounts(jobs: readonly JobRow[]): Promise<Map<string, number>> {
  const owners = [...new Set(jobs.map(({ owner }) => owner))];
  return new Map(await Promise.all(owners.map(async (owner) => [owner, await readOwnerCount(owner)] as const)));
}

/** Leases are read only where a task is old enough to be frozen. */
async function countAtWork(job: JobRow, tasks: readonly TaskRow[], nowMs: number): Promise<number> {
  const own = tasks.filter(({ jobId }) => jobId === job.jobId);
  return countActiveTasks(own, own.some((task) => isPastGracePeriod(task, nowMs)) ? await readShards(job) : [], nowMs);
}

function fleetLimits(): FleetLimits {
  return { perOwner: Number(setting(ENVIRONMENT.maxTasksPerOwner)), overall: Number(setting(ENVIRONMENT.maxTasks)) };
}
