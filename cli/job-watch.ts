/** Follows one job by subscription until it comes to rest. */
import { isAtRest, type JobStatus } from "#core/job/job";
import type { DatasetFormat } from "#core/formats";
import type { Nanos } from "#core/money/money";
import type { Api } from "./api.ts";

/** A job in figures, summed over its shards. */
export interface JobFields {
  readonly id: string;
  readonly status: JobStatus;
  readonly statusReason: string | null;
  readonly requested: number;
  readonly delivered: number;
  readonly failed: number;
  readonly rejected: number;
  readonly spentNanos: Nanos;
  readonly writtenOffNanos: Nanos;
  readonly budgetNanos: Nanos;
  readonly recordsPerSecond: number;
  /** Of very many files the first. */
  readonly datasetFiles: readonly { readonly name: string; readonly format: DatasetFormat | null }[];
  readonly datasetFileCount: number;
}

interface Shard {
  readonly shardNo: number;
  readonly generation: number;
  readonly reportNo: number;
  readonly delivered: number;
  readonly failed: number;
  readonly rejected: number;
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
  readonly datasetFiles: JobFields["datasetFiles"];
  readonly datasetFileCount: number;
}

interface News extends Pick<
  ApiJob,
  "status" | "statusReason" | "controlNo" | "recordCount" | "budgetNanos" | "datasetFiles" | "datasetFileCount"
> {
  readonly shard: Shard | null;
}

const SHARD_FACTS = "shardNo generation reportNo delivered failed rejected spentNanos writtenOffNanos recordsPerSecond";
const DATASET_FACTS = "datasetFiles { name format } datasetFileCount";
export const JOB_FACTS = `id status statusReason controlNo recordCount budgetNanos ${DATASET_FACTS} progress { ${SHARD_FACTS} }`;
const NEWS = `status statusReason controlNo recordCount budgetNanos ${DATASET_FACTS} shard { ${SHARD_FACTS} }`;

/** Resolves when the job is at rest, or when the signal is given: the last facts either way. */
export function followJob(
  api: Api,
  jobId: string,
  signal: AbortSignal,
  onFacts: (facts: JobFields) => void,
): Promise<JobFields> {
  return new Promise((resolve, reject) => {
    let job: ApiJob | undefined;
    const finish = (settle: () => void) => {
      stop();
      signal.removeEventListener("abort", leave);
      settle();
    };
    const leave = () => job && finish(() => resolve(factsOf(job!)));
    const fail = (error: Error) => finish(() => reject(error));
    const fetchJob = async () => {
      const { getJob } = await api.call<{ getJob: ApiJob }>(`query($id: ID!) { getJob(id: $id) { ${JOB_FACTS} } }`, {
        id: jobId,
      });
      show(getJob);
    };
    const show = (next: ApiJob) => {
      job = next;
      const facts = factsOf(job);
      onFacts(facts);
      if (signal.aborted) leave();
      else if (isAtRest(job.status)) finish(() => resolve(facts));
    };
    signal.addEventListener("abort", leave);
    const stop = api.listen<{ onJobChanged: News }>(
      `subscription($jobId: ID) { onJobChanged(jobId: $jobId) { ${NEWS} } }`,
      { jobId },
      {
        // At rest the shards' last words may not have been heard: the rows are read once more.
        news: ({ onJobChanged: news }) =>
          void (isAtRest(news.status) ? fetchJob().catch(fail) : job && show(withNews(job, news))),
        live: () => void fetchJob().catch(fail),
        error: fail,
      },
    );
  });
}

/** Whether following ended by the signal and not by the job. */
export function cancelledBySignal(job: JobFields, signal: AbortSignal): boolean {
  return signal.aborted && !isAtRest(job.status);
}

/** Sums a job's shards. */
export function factsOf(job: ApiJob): JobFields {
  const sum = (key: "delivered" | "failed" | "rejected" | "spentNanos" | "writtenOffNanos" | "recordsPerSecond") =>
    job.progress.reduce((total, shard) => total + shard[key], 0);
  return {
    id: job.id,
    status: job.status,
    statusReason: job.statusReason,
    requested: job.recordCount,
    delivered: sum("delivered"),
    failed: sum("failed"),
    rejected: sum("rejected"),
    spentNanos: sum("spentNanos"),
    writtenOffNanos: sum("writtenOffNanos"),
    recordsPerSecond: sum("recordsPerSecond"),
    budgetNanos: job.budgetNanos,
    datasetFiles: job.datasetFiles,
    datasetFileCount: job.datasetFileCount,
  };
}

/** Facts are cumulative, and news may come late: older ones are passed over. */
function withNews(job: ApiJob, { shard, ...state }: News): ApiJob {
  const next = state.controlNo >= job.controlNo ? { ...job, ...state } : job;
  if (!shard) return next;
  const isKnown = next.progress.some(({ shardNo }) => shardNo === shard.shardNo);
  // A job that is extended gets new shards.
  if (!isKnown) return { ...next, progress: [...next.progress, shard] };
  return { ...next, progress: next.progress.map((known) => (isNewer(shard, known) ? shard : known)) };
}

function isNewer(shard: Shard, known: Shard): boolean {
  if (shard.shardNo !== known.shardNo) return false;
  return (
    shard.generation > known.generation || (shard.generation === known.generation && shard.reportNo > known.reportNo)
  );
}
