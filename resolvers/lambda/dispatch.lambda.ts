/**
 * Keeps the fleet busy. It hears of a job from the mutations, of a task from EventBridge, and looks at everything once a
 * minute, so that whatever it did not hear costs a minute and no more.
 */
import type { EventBridgeEvent } from "aws-lambda";
import type { JobRow } from "../../core/job/job-row.ts";
import { logger } from "./lambdaHandler.ts";
import { callApi } from "./callApi.ts";
import { REPORT_PROGRESS } from "../../core/reports.ts";
import { releaseTask } from "./fleet/releaseTask.ts";
import { readJob, readOpenJobs } from "./fleet/jobs.ts";
import { reconcileTasks } from "./fleet/reconcileTasks.ts";
import { placeTasks } from "./fleet/placeTasks.ts";
import { purgeJob } from "./fleet/purgeJob.ts";
import { readTasks } from "./fleet/slots.ts";
import { sweepJob } from "./fleet/sweepJob.ts";

/** What is used of an "ECS Task State Change". */
interface TaskStateChange {
  taskArn: string;
  lastStatus: string;
  /** The slot, as the dispatcher gave it. */
  startedBy?: string;
  stopCode?: string;
  startedAt?: string;
  containers?: { exitCode?: number }[];
}

export type DispatchEvent =
  | { readonly kind: "job"; readonly jobId: string }
  | { readonly kind: "sweep" }
  | EventBridgeEvent<"ECS Task State Change", TaskStateChange>;

export async function handler(event: DispatchEvent): Promise<void> {
  if ("detail" in event) await taskChanged(event.detail);
  else if (event.kind === "job") await jobChanged(event.jobId);
  else await sweep();
}

/** A job was made or moved by its owner. */
async function jobChanged(jobId: string): Promise<void> {
  await notifyWatchers(jobId);
  const jobs = await readOpenJobs(jobId);
  await placeTasks(jobs);
  await cleanUp(jobs.filter((job) => job.jobId === jobId));
}

/** A task has stopped; or will, then its worker knows and there is nothing to do yet. */
async function taskChanged(detail: TaskStateChange): Promise<void> {
  if (detail.lastStatus !== "STOPPED") return;
  const task = (await readTasks()).find(
    ({ taskSlot, taskArn }) => taskArn === detail.taskArn || taskSlot === detail.startedBy,
  );
  if (!task) return;
  const end = { stopCode: detail.stopCode, startedAt: detail.startedAt, exitCode: detail.containers?.[0]?.exitCode };
  const mayRestart = await releaseTask(task, end, Date.now());
  // It may have died between its last write and telling of it.
  await notifyWatchers(task.jobId);
  const jobs = await readOpenJobs(task.jobId);
  await placeTasks(mayRestart ? jobs : jobs.filter(({ jobId }) => jobId !== task.jobId));
  await cleanUp(jobs.filter(({ jobId }) => jobId === task.jobId));
}

async function sweep(): Promise<void> {
  await reconcileTasks(Date.now());
  const jobs = await readOpenJobs();
  await placeTasks(jobs);
  await cleanUp(jobs);
}

/** What deleted jobs leave, and what published ones have no use for any more. */
async function cleanUp(jobs: readonly JobRow[]): Promise<void> {
  await purgeDeleted(jobs);
  for (const job of jobs.filter(
    ({ status, sweepGeneration }) => sweepGeneration !== undefined && status !== "DELETING",
  ))
    await sweepJob(job.jobId).catch((error: Error) => logger.error("A job was not swept", { error, jobId: job.jobId }));
}

/** One job that cannot be purged must not keep the others waiting. */
async function purgeDeleted(jobs: readonly JobRow[]): Promise<void> {
  const deleted = jobs.filter(({ status }) => status === "DELETING");
  if (deleted.length === 0) return;
  const tasks = await readTasks();
  for (const job of deleted)
    await purgeJob(job, tasks, Date.now()).catch((error: Error) =>
      logger.error("A job was not purged", { error, jobId: job.jobId }),
    );
}

/** Whoever watches sees the new state at once. A lost message is made up for by the next one. */
async function notifyWatchers(jobId: string): Promise<void> {
  if (!(await readJob(jobId))) return;
  await callApi(REPORT_PROGRESS, { input: { jobId } }).catch((error: Error) =>
    logger.warn("Watchers were not told", { jobId, error }),
  );
}
