/** The sweep over tasks: makes up for lost events and for requests whose response was lost. */
import type { Task } from "@aws-sdk/client-ecs";
import { tasksToReconcile } from "../../../core/fleet/fleet.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { logger } from "../lambdaHandler.ts";
import { releaseTask } from "./releaseTask.ts";
import { readJob } from "./jobs.ts";
import { startOrRelease } from "./placeTasks.ts";
import { releaseSlot, readTasks } from "./slots.ts";
import { describeTasks } from "./tasks.ts";

export async function reconcileTasks(nowMs: number): Promise<void> {
  const old = tasksToReconcile(await readTasks(), nowMs);
  const known = await describeTasks(old.flatMap(({ taskArn }) => (taskArn ? [taskArn] : [])));
  // One task that cannot be reconciled must not block the others, nor the jobs without one.
  for (const task of old)
    await reconcileTask(task, known.get(task.taskArn ?? ""), nowMs).catch((error: Error) =>
      logger.error("Failed to reconcile a task", { error, task }),
    );
}

async function reconcileTask(task: TaskRow, seen: Task | undefined, nowMs: number): Promise<void> {
  if (!task.taskArn) return restartTask(task);
  if (seen && seen.lastStatus !== "STOPPED") return;
  const end = { stopCode: seen?.stopCode, startedAt: seen?.startedAt, exitCode: seen?.containers?.[0]?.exitCode };
  await releaseTask(task, end, nowMs);
}

/** Repeats the request with the same token: it returns the task that started unnoticed, or starts one now. */
async function restartTask(task: TaskRow): Promise<void> {
  const job = await readJob(task.jobId);
  if (job) await startOrRelease(task, job);
  else await releaseSlot(task);
}
