import type {
  JobFieldsFragment,
  OnJobChangedSubscription,
  ShardFieldsFragment,
} from "../../../client/generated/documents.ts";

/** A running job of two shards, with whatever a test wants to be different. */
export function sampleJob(different: Partial<JobFieldsFragment> = {}): JobFieldsFragment {
  const id = different.id ?? "01J0000000000000000000000A";
  return {
    __typename: "Job",
    id,
    name: "Film questions",
    status: "RUNNING",
    outcome: null,
    statusReason: null,
    controlNo: 1,
    templateId: "film-questions",
    templateVersion: 1,
    templateName: "Film questions",
    seedSetId: "films",
    seedSetName: "Films",
    recordCount: 100,
    priority: "NORMAL",
    capacity: "SPOT_FIRST",
    taskSize: "SMALL",
    task: { __typename: "TaskSpec", cpu: 512, memoryMb: 1024, callsInFlight: 32 },
    maxTasks: 4,
    inFlight: null,
    budgetNanos: 1_000_000_000,
    maxAttemptCostNanos: 4_000_000,
    parameters: "{}",
    formats: ["JSONL"],
    split: null,
    maxFailedPercent: 20,
    partitionBy: null,
    datasetFiles: [],
    datasetFileCount: 0,
    datasetRows: null,
    snapshot: null,
    createdAt: "2026-11-23T12:00:00.000Z",
    startedAt: "2026-11-23T12:00:05.000Z",
    finishedAt: null,
    progress: [sampleShard({ id: `${id}#0`, shardNo: 0 }), sampleShard({ id: `${id}#1`, shardNo: 1 })],
    ...different,
  };
}

export function sampleShard(different: Partial<ShardFieldsFragment> = {}): ShardFieldsFragment {
  return {
    __typename: "ShardProgress",
    id: "01J0000000000000000000000A#0",
    shardNo: 0,
    recordCount: 50,
    generation: 1,
    reportNo: 1,
    delivered: 0,
    failed: 0,
    rejected: 0,
    mended: 0,
    modelProblem: null,
    causes: [],
    spentNanos: 0,
    spending: [],
    workerMs: 0,
    parts: 0,
    writtenOffNanos: 0,
    inputTokens: 0,
    outputTokens: 0,
    recordsPerSecond: 0,
    latest: [],
    reportedAt: null,
    ...different,
  };
}

export type JobChange = NonNullable<OnJobChangedSubscription["onJobChanged"]>;

/** News that the job is where it was, with whatever a test wants to be different. */
export function sampleChange(job: JobFieldsFragment, different: Partial<JobChange> = {}): JobChange {
  const { status, outcome, statusReason, controlNo, budgetNanos, startedAt, finishedAt, datasetFiles } = job;
  const { recordCount, priority } = job;
  return {
    __typename: "JobChange",
    jobId: job.id,
    owner: "ada",
    ...{ status, outcome, statusReason, controlNo, budgetNanos, startedAt, finishedAt, datasetFiles },
    archive: null,
    ...{ recordCount, priority },
    datasetFileCount: datasetFiles.length,
    datasetRows: job.datasetRows,
    snapshot: null,
    shard: null,
    ...different,
  };
}
