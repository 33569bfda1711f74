/** Starts tasks for waiting jobs, as far as slots are free. When none is, it reads nothing but the number of tasks. */
import { ulid } from "ulid";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { afterSpotShortage, capacityFor, type FleetLimits } from "../../../core/fleet/fleet.ts";
import { taskKey } from "../../../core/keys.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { logger } from "../lambdaHandler.ts";
import { setting } from "../clients.ts";
import { readJobs, readShards } from "./jobs.ts";
import type { Owner } from "./ownerRow.ts";
import { changeOwner, listOwners, readOwner } from "./owners.ts";
import { Placement, type FleetPorts, type Occasion, type StartOutcome } from "./placement.ts";
import { readQueue } from "./queue.ts";
import { acquireSlot, readRunning, readSpot, readTasks, recordArn, releaseSlot, writeSpot } from "./slots.ts";
import { startTask } from "./tasks.ts";

export async function placeTasks(occasion: Occasion): Promise<void> {
  const limits = fleetLimits();
  const running = await readRunning();
  if (running < limits.overall) await new Placement(PORTS, occasion, limits, running).run();
}

const PORTS: FleetPorts = {
  nowMs: () => Date.now(),
  readOwner,
  listOwners,
  readTasks,
  readQueue,
  readJobs,
  readShards,
  changeOwner,
  start,
};

async function start(job: JobRow, seen: Owner, since: string, limits: FleetLimits): Promise<StartOutcome> {
  const task = newTask(job, capacityFor(await readSpot(), Date.now(), job.capacity));
  const acquired = await acquireSlot(task, seen, since, limits);
  return acquired === "acquired" ? startOrRelease(task, job) : acquired;
}

/** Starts the task of a slot, or releases the slot when the task definitely did not start. */
export async function startOrRelease(
  task: TaskRow,
  job: JobRow,
): Promise<"started" | "unclear" | "rejected" | "no capacity"> {
  const result = await startTask(task, job);
  if (result.kind === "started") {
    await recordArn(task.taskSlot, result.taskArn);
    return "started";
  }
  logger.warn("A task did not start", { task, result });
  if (result.kind === "unclear") return "unclear";
  await releaseSlot(task);
  if (!result.lackedCapacity) return "rejected";
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

function fleetLimits(): FleetLimits {
  return { perOwner: Number(setting(ENVIRONMENT.maxTasksPerOwner)), overall: Number(setting(ENVIRONMENT.maxTasks)) };
}
