/** From job rows to the schema's Job and JobChange. */
import type { Context } from "@aws-appsync/utils";
import { TASK_SIZES } from "../../core/job/task-size.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import type { ShardReport, ShardRow } from "../../core/shard/shard-row.ts";
import type { DatasetFile, Job, JobChange } from "../generated/schema.ts";
import { storedArchive } from "./archive.ts";
import { callerOf } from "./caller.ts";
import { throwInternal, throwNotFound } from "./errors.ts";
import { toShardProgress, type JobWithShards } from "./shards.ts";
import { toSnapshot } from "./snapshots.ts";

/** The fields left out have resolvers of their own, which find the shards by `shardCount`. */
export type ResolvedJob = Omit<Job, "progress" | "failureCauses"> & JobWithShards;

export function toJob(row: JobRow): ResolvedJob {
  return {
    id: row.jobId,
    name: row.name,
    status: row.status,
    outcome: row.outcome ?? null,
    statusReason: row.statusReason ?? null,
    controlNo: row.controlNo,
    templateId: row.templateId,
    templateVersion: row.templateVersion,
    templateName: row.templateName,
    seedSetId: row.seedSetId,
    seedSetName: row.seedSetName,
    recordCount: row.recordCount,
    // Jobs created before templates had parameters have none.
    parameters: row.parameters ?? {},
    budgetNanos: row.budgetNanos,
    maxAttemptCostNanos: row.maxAttemptCostNanos,
    estimate: row.estimate ?? null,
    formats: row.formats,
    split: row.split ?? null,
    maxFailedPercent: row.maxFailedPercent ?? 20,
    priority: row.priority ?? "NORMAL",
    capacity: row.capacity ?? "SPOT_FIRST",
    taskSize: row.taskSize ?? "SMALL",
    task: row.task ?? TASK_SIZES[row.taskSize ?? "SMALL"],
    maxTasks: row.maxTasks ?? null,
    inFlight: row.inFlight ?? null,
    partitionBy: row.partitionBy ?? null,
    datasetFiles: toDatasetFiles(row),
    datasetFileCount: row.datasetFileCount ?? row.datasetFiles.length,
    datasetRows: row.datasetRows ?? null,
    snapshot: toSnapshot(row),
    createdAt: row.createdAt,
    startedAt: row.startedAt ?? null,
    finishedAt: row.finishedAt ?? null,
    shardCount: row.shardCount,
  };
}

/**
 * @param shard the row of the shard that reported; null when only the job changed
 * @param report what it reported; null when that no longer counts
 */
export function toJobChange(row: JobRow, shard: ShardRow | null, report: ShardReport | null, nowMs: number): JobChange {
  return {
    jobId: row.jobId,
    owner: row.owner,
    status: row.status,
    outcome: row.outcome ?? null,
    statusReason: row.statusReason ?? null,
    controlNo: row.controlNo,
    budgetNanos: row.budgetNanos,
    recordCount: row.recordCount,
    priority: row.priority ?? "NORMAL",
    startedAt: row.startedAt ?? null,
    finishedAt: row.finishedAt ?? null,
    datasetFiles: toDatasetFiles(row),
    archive: storedArchive(row),
    datasetFileCount: row.datasetFileCount ?? row.datasetFiles.length,
    datasetRows: row.datasetRows ?? null,
    snapshot: toSnapshot(row),
    shard: shard ? toShardProgress(shard, report, nowMs) : null,
  };
}

/** The job that was read. @throws NotFound unless it is the caller's */
export function ownJob(ctx: Context): JobRow {
  if (ctx.error) throwInternal(ctx);
  const row: JobRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwNotFound("job");
  return row;
}

function toDatasetFiles(row: JobRow): DatasetFile[] {
  return row.datasetFiles.map((file) => ({
    name: file.name,
    format: file.format ?? null,
    bytes: file.bytes,
    rows: file.rows,
    omitted: file.omitted ?? 0,
  }));
}
