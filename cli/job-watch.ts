/** Follows one job by subscription until it is at rest. */
import { isAtRest, modelProblemOf, type JobStatus } from "#core/job/job";
import type { DatasetFormat } from "#core/formats";
import type { Nanos } from "#core/money/money";
import type { Api } from "./api.ts";

/** A file of the dataset. */
interface JobFile {
  readonly name: string;
  readonly format: DatasetFormat | null;
  /** Records that the format cannot hold. */
  readonly omitted: number;
}

/** A job with its figures summed over its shards. */
export interface JobSummary {
  readonly id: string;
  readonly status: JobStatus;
  readonly statusReason: string | null;
  readonly requested: number;
  readonly delivered: number;
  readonly failed: number;
  readonly rejected: number;
  /** Answers whose JSON was mended without a repair. */
  readonly mended: number;
  /** What a model's server says while its calls do not succeed; null while they do. */
  readonly modelProblem: string | null;
  readonly spentNanos: Nanos;
  readonly writtenOffNanos: Nanos;
  readonly budgetNanos: Nanos;
  readonly recordsPerSecond: number;
  /** Only the first, when there are very many. */
  readonly datasetFiles: readonly JobFile[];
  readonly datasetFileCount: number;
  /** Null where a record is one row. */
  readonly datasetRows: number | null;
}

interface Shard {
  readonly shardNo: number;
  readonly generation: number;
  readonly parts: number;
  readonly reportNo: number;
  readonly delivered: number;
  readonly failed: number;
  readonly rejected: number;
  readonly mended: number;
  readonly modelProblem: string | null;
  readonly spentNanos: Nanos;
  readonly writtenOffNanos: Nanos;
  readonly recordsPerSecond: number;
}

interface ApiJob {
  readonly id: string;
  readonly status: JobStatus;
  readonly statusReason: string | null;
  readonly controlNo: number;
  readonly recordCount: number;
  readonly budgetNanos: Nanos;
  readonly progress: readonly Shard[];
  readonly datasetFiles: JobSummary["datasetFiles"];
  readonly datasetFileCount: number;
  readonly datasetRows: number | null;
}

interface JobChange extends Pick<
  ApiJob,
  | "status"
  | "statusReason"
  | "controlNo"
  | "recordCount"
  | "budgetNanos"
  | "datasetFiles"
  | "datasetFileCount"
  | "datasetRows"
> {
  readonly shard: Shard | null;
}

const SHARD_FIELDS =
  "shardNo generation parts reportNo delivered failed rejected mended modelProblem spentNanos writtenOffNanos recordsPerSecond";
const DATASET_FIELDS = "datasetFiles { name format omitted } datasetFileCount datasetRows";
export const JOB_FIELDS = `id status statusReason controlNo recordCount budgetNanos ${DATASET_FIELDS} progress { ${SHARD_FIELDS} }`;
const CHANGE_FIELDS = `status statusReason controlNo recordCount budgetNanos ${DATASET_FIELDS} shard { ${SHARD_FIELDS} }`;

/** Resolves with the latest summary when the job is at rest or the signal aborts. */
export function followJob(
  api: Api,
  jobId: string,
  signal: AbortSignal,
  onUpdate: (summary: JobSummary) => void,
): Promise<JobSummary> {
  return new Promise((resolve, reject) => {
    let job: ApiJob | undefined;
    const finish = (settle: () => void) => {
      stop();
      signal.removeEventListener("abort", leave);
      settle();
    };
    const leave = () => job && finish(() => resolve(summarize(job!)));
    const fail = (error: Error) => finish(() => reject(error));
    const fetchJob = async () => {
      const { getJob } = await api.call<{ getJob: ApiJob }>(`query($id: ID!) { getJob(id: $id) { ${JOB_FIELDS} } }`, {
        id: jobId,
      });
      show(getJob);
    };
    const show = (next: ApiJob) => {
      job = next;
      const summary = summarize(job);
      onUpdate(summary);
      if (signal.aborted) leave();
      else if (isAtRest(job.status)) finish(() => resolve(summary));
    };
    signal.addEventListener("abort", leave);
    const stop = api.listen<{ onJobChanged: JobChange }>(
      `subscription($jobId: ID) { onJobChanged(jobId: $jobId) { ${CHANGE_FIELDS} } }`,
      { jobId },
      {
        // The shards' last reports may have been missed when the job comes to rest: its rows are read once more.
        data: ({ onJobChanged: change }) =>
          void (isAtRest(change.status) ? fetchJob().catch(fail) : job && show(withChange(job, change))),
        live: () => void fetchJob().catch(fail),
        error: fail,
      },
    );
  });
}

/** Whether the signal, not the job, ended the following. */
export function canceledBySignal(job: JobSummary, signal: AbortSignal): boolean {
  return signal.aborted && !isAtRest(job.status);
}

export function summarize(job: ApiJob): JobSummary {
  const sum = (key: Exclude<keyof Shard, "shardNo" | "generation" | "parts" | "reportNo" | "modelProblem">) =>
    job.progress.reduce((total, shard) => total + shard[key], 0);
  return {
    id: job.id,
    status: job.status,
    statusReason: job.statusReason,
    requested: job.recordCount,
    delivered: sum("delivered"),
    failed: sum("failed"),
    rejected: sum("rejected"),
    mended: sum("mended"),
    modelProblem: modelProblemOf(job.status, job.progress),
    spentNanos: sum("spentNanos"),
    writtenOffNanos: sum("writtenOffNanos"),
    recordsPerSecond: sum("recordsPerSecond"),
    budgetNanos: job.budgetNanos,
    datasetFiles: job.datasetFiles,
    datasetFileCount: job.datasetFileCount,
    datasetRows: job.datasetRows,
  };
}

/** Figures are cumulative and changes may arrive late: older ones are ignored. */
function withChange(job: ApiJob, { shard, ...state }: JobChange): ApiJob {
  const next = state.controlNo >= job.controlNo ? { ...job, ...state } : job;
  if (!shard) return next;
  const isKnown = next.progress.some(({ shardNo }) => shardNo === shard.shardNo);
  // Extending a job adds shards.
  if (!isKnown) return { ...next, progress: [...next.progress, shard] };
  return { ...next, progress: next.progress.map((known) => (isNewer(shard, known) ? shard : known)) };
}

function isNewer(shard: Shard, known: Shard): boolean {
  if (shard.shardNo !== known.shardNo) return false;
  if (shard.generation !== known.generation) return shard.generation > known.generation;
  return shard.parts === known.parts ? shard.reportNo > known.reportNo : shard.parts > known.parts;
}
