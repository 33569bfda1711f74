import type { JobStateFragment, JobStatus, ShardFieldsFragment } from "../../generated/documents.ts";

/**
 * Whether `news` of a job tells an earlier state than the known one. Whatever its owner does raises `controlNo`;
 * between two such acts a job only moves on, except that a running one may wait again.
 */
export function isStaleJobState(known: JobVersion, news: JobVersion): boolean {
  if (known.status === "DELETING") return news.status !== "DELETING";
  if (news.controlNo !== known.controlNo) return news.controlNo < known.controlNo;
  return STAGES[news.status] < STAGES[known.status];
}

/** Whether `news` of a shard was reported before the known facts: by an earlier lease, or earlier under the same one. */
export function isStaleShardReport(known: ShardVersion, news: ShardVersion): boolean {
  if (news.generation !== known.generation) return news.generation < known.generation;
  return news.reportNo < known.reportNo;
}

/** News come in any order: a snapshot asked for later counts, and of one the end. */
export function newerSnapshot(known: Snapshot, news: Snapshot): Snapshot {
  if (!known || !news) return news ?? known;
  if (news.takenAt !== known.takenAt) return news.takenAt < known.takenAt ? known : news;
  return news.state === "CREATING" ? known : news;
}

type Snapshot = JobStateFragment["snapshot"];
export type JobVersion = Pick<JobStateFragment, "status" | "controlNo">;
export type ShardVersion = Pick<ShardFieldsFragment, "generation" | "reportNo">;

/** How far a job has come since its last control. */
const STAGES: Readonly<Record<JobStatus, number>> = {
  QUEUED: 0,
  RUNNING: 0,
  PAUSED: 1,
  EXPORTING: 1,
  COMPLETED: 2,
  BUDGET_EXCEEDED: 2,
  CANCELLED: 2,
  FAILED: 2,
  DELETING: 3,
};
