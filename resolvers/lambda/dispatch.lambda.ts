/**
 * Keeps the fleet busy. Mutations notify it of jobs and EventBridge of tasks, and a sweep once a minute checks everything, so
 * that a lost event costs no more than a minute.
 */
import type { EventBridgeEvent } from "aws-lambda";
import type { JobRow } from "../../core/job/job-row.ts";
import { logger } from "./lambdaHandler.ts";
import { callApi } from "./callApi.ts";
import { REPORT_PROGRESS } from "../../core/reports.ts";
import { releaseTask } from "./fleet/releaseTask.ts";
import { LEFTOVERS } from "../../core/keys.ts";
import { checkQueue } from "./fleet/checkQueue.ts";
import { readJob, readJobs } from "./fleet/jobs.ts";
import { reconcileTasks } from "./fleet/reconcileTasks.ts";
import { placeTasks } from "./fleet/placeTasks.ts";
import { purgeJob } from "./fleet/purgeJob.ts";
import { enqueue, listJobs } from "./fleet/queue.ts";
import { readTask, readTasks } from "./fleet/slots.ts";
import { sweepJob } from "./fleet/sweepJob.ts";

/** The fields used of an "ECS Task State Change". */
interface TaskStateChange {
  taskArn: string;
  lastStatus: string;
  /** The slot, as set by the dispatcher. */
  startedBy?: string;
  stopCode?: string;
  startedAt?: string;
  containers?: { exitCode?: number }[];
}

export type DispatchEvent =
  | { readonly kind: "job"; readonly jobId: string }
  | { readonly kind: "sweep" }
  | EventBridgeEvent<"ECS Task State Change", TaskStateChange>;

const CLEANUPS_PER_SWEEP = 50;

export async function handler(event: DispatchEvent): Promise<void> {
  if ("detail" in event) await taskChanged(event.detail);
  else if (event.kind === "job") await jobChanged(event.jobId);
  else await sweep();
}

/** A job's owner created or changed it. */
async function jobChanged(jobId: string): Promise<void> {
  await notifyWatchers(jobId);
  const job = await readJob(jobId);
  if (!job) return;
  const owner = await enqueue(job);
  await placeTasks({ changed: owner && { job, owner } });
  await cleanUp([job]);
}

/** A task has stopped, or is about to: then its worker knows, and there is nothing to do yet. */
async function taskChanged(detail: TaskStateChange): Promise<void> {
  if (detail.lastStatus !== "STOPPED" || !detail.startedBy) return;
  const task = await readTask(detail.startedBy);
  if (!task) return;
  const end = { stopCode: detail.stopCode, startedAt: detail.startedAt, exitCode: detail.containers?.[0]?.exitCode };
  const mayRestart = await releaseTask(task, end, Date.now());
  // The worker may have died between its last write and its report.
  await notifyWatchers(task.jobId);
  const job = await readJob(task.jobId);
  await placeTasks({ resting: mayRestart ? undefined : job });
  if (job) await cleanUp([job]);
}

async function sweep(): Promise<void> {
  await reconcileTasks(Date.now());
  await checkQueue().catch((error: Error) => logger.error("Failed to check the queue", { error }));
  await placeTasks({ isSweep: true });
  await cleanUp(await readJobs(await listJobs(LEFTOVERS, CLEANUPS_PER_SWEEP)));
}

/** Removes what deleted jobs leave behind and published ones no longer need. */
async function cleanUp(jobs: readonly JobRow[]): Promise<void> {
  await purgeDeleted(jobs);
  for (const job of jobs.filter(
    ({ status, sweepGeneration }) => sweepGeneration !== undefined && status !== "DELETING",
  ))
    await sweepJob(job.jobId).catch((error: Error) =>
      logger.error("Failed to sweep a job", { error, jobId: job.jobId }),
    );
}

/** One job that cannot be purged must not block the others. */
async function purgeDeleted(jobs: readonly JobRow[]): Promise<void> {
  const deleted = jobs.filter(({ status }) => status === "DELETING");
  if (deleted.length === 0) return;
  const tasks = await readTasks();
  for (const job of deleted)
    await purgeJob(job, tasks, Date.now()).catch((error: Error) =>
      logger.error("Failed to purge a job", { error, jobId: job.jobId }),
    );
}

/** Watchers see the new state immediately. The next message makes up for a lost one. */
async function notifyWatchers(jobId: string): Promise<void> {
  if (!(await readJob(jobId))) return;
  await callApi(REPORT_PROGRESS, { input: { jobId } }).catch((error: Error) =>
    logger.warn("Failed to notify watchers", { jobId, error }),
  );
}
