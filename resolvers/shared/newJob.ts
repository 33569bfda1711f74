/** The rows of a new job, as createJob writes them in one transaction. */
import { budgetKey, jobKey, jobTemplateKey, NEW_JOBS, ownerStatus, queueOrder, shardKey } from "../../core/keys.ts";
import type { BudgetRow } from "../../core/money/budget-row.ts";
import type { JobRow, JobTemplateRow } from "../../core/job/job-row.ts";
import { newShard } from "../../core/shard/new-shard.ts";
import type { ShardRow } from "../../core/shard/shard-row.ts";
import type { CreateJobInput } from "../generated/schema.ts";
import type { CheckedJob } from "../lambda/checkJob.lambda.ts";

/** As in core/job/failure-tolerance.ts. */
const MAX_FAILED_PERCENT = 20;

interface NewJob {
  jobId: string;
  owner: string;
  input: CreateJobInput;
  checked: CheckedJob;
  now: string;
}

export function jobRow({ jobId, owner, input, checked, now }: NewJob): JobRow {
  return {
    ...jobKey(jobId),
    jobId,
    owner,
    ownerStatus: ownerStatus(owner, "QUEUED"),
    queueKey: NEW_JOBS,
    queueOrder: queueOrder(input.priority ?? undefined, jobId),
    name: input.name,
    status: "QUEUED",
    controlNo: 0,
    templateId: input.templateId,
    templateVersion: checked.templateVersion,
    templateName: checked.templateName,
    seedSetId: input.seedSetId,
    seedSetName: checked.seedSetName,
    seedSetOwner: checked.seedSetOwner,
    recordCount: input.recordCount,
    parameters: checked.parameters,
    budgetId: jobId,
    budgetNanos: input.budgetNanos,
    maxAttemptCostNanos: checked.maxAttemptCostNanos,
    ...(checked.estimate ? { estimate: checked.estimate } : {}),
    formats: input.formats,
    ...(input.split ? { split: input.split } : {}),
    maxFailedPercent: input.maxFailedPercent ?? MAX_FAILED_PERCENT,
    priority: input.priority ?? "NORMAL",
    capacity: input.capacity ?? "SPOT_FIRST",
    taskSize: checked.taskSize,
    task: checked.task,
    maxTasks: checked.maxTasks,
    ...(input.inFlight ? { inFlight: input.inFlight } : {}),
    ...(input.partitionBy ? { partitionBy: input.partitionBy } : {}),
    shardCount: checked.shards.length,
    openShards: checked.shards.length,
    parkedShards: 0,
    clientToken: input.clientToken,
    datasetFiles: [],
    createdAt: now,
  };
}

export function jobTemplateRow({ jobId, input, checked }: NewJob): JobTemplateRow {
  return {
    ...jobTemplateKey(jobId),
    templateId: input.templateId,
    templateVersion: checked.templateVersion,
    source: checked.templateSource,
    partials: checked.partials,
    tiers: checked.tiers,
    parameters: checked.parameters,
  };
}

/** Each job has its own budget, under the job's id. */
export function budgetRow({ jobId, owner, input }: NewJob): BudgetRow {
  return {
    ...budgetKey(jobId),
    budgetId: jobId,
    owner,
    budgetNanos: input.budgetNanos,
    remainingNanos: input.budgetNanos,
    writtenOffNanos: 0,
  };
}

export function shardRow(
  { jobId, owner }: Pick<NewJob, "jobId" | "owner">,
  shardNo: number,
  range: { from: number; to: number },
): ShardRow {
  const { from: fromSlot, to: toSlot } = range;
  return { ...shardKey(jobId, shardNo), ...newShard({ jobId, owner, shardNo, kind: "RECORDS", fromSlot, toSlot }) };
}
