import type {
  ArchiveFieldsFragment,
  JobStateFragment,
  JobStatus,
  ShardFieldsFragment,
} from "../../generated/documents.ts";

/**
 * Whether an incoming update of a job is older than the known state. Every action of the owner raises `controlNo`; between
 * two actions a job only moves forward, except that a running one may be queued again.
 */
export function isStaleJobState(known: JobVersion, incoming: JobVersion): boolean {
  if (known.status === "DELETING") return incoming.status !== "DELETING";
  if (incoming.controlNo !== known.controlNo) return incoming.controlNo < known.controlNo;
  return STAGES[incoming.status] < STAGES[known.status];
}

/**
 * Whether incoming progress of a shard is older than the known one: from an earlier lease, an earlier checkpoint, or an earlier
 * report of the same checkpoint. A query has the newest checkpoint, but not the newest report.
 */
export function isStaleShardReport(known: ShardVersion, incoming: ShardVersion): boolean {
  if (incoming.generation !== known.generation) return incoming.generation < known.generation;
  if (incoming.parts !== known.parts) return incoming.parts < known.parts;
  return incoming.reportNo < known.reportNo;
}

/** Updates arrive in any order: the snapshot requested last counts, and its final state. */
export function newerSnapshot(known: Snapshot, incoming: Snapshot): Snapshot {
  if (!known || !incoming) return incoming ?? known;
  if (incoming.takenAt !== known.takenAt) return incoming.takenAt < known.takenAt ? known : incoming;
  return incoming.state === "CREATING" ? known : incoming;
}

type Snapshot = JobStateFragment["snapshot"];
export type JobVersion = Pick<JobStateFragment, "status" | "controlNo">;
export type ShardVersion = Pick<ShardFieldsFragment, "generation" | "parts" | "reportNo">;

/** How far a job has moved since its owner's last action. */
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

/** Whether an update of a job is the first to report its dataset as restored: every later update repeats the archive state. */
export function isNewlyRestored(known: ArchiveState | null, { status, archive }: JobUpdate): boolean {
  return archive?.state === "RESTORED" && known?.state !== "RESTORED" && ENDED.includes(status);
}

const ENDED: readonly JobStatus[] = ["COMPLETED", "BUDGET_EXCEEDED", "CANCELLED", "FAILED"];

interface JobUpdate {
  readonly status: JobStatus;
  readonly archive: ArchiveState | null;
}

/** Whether an incoming archive state was observed before the known one. */
export function isStaleArchive(known: ArchiveVersion, incoming: ArchiveVersion): boolean {
  return incoming.observedAt < known.observedAt;
}

type ArchiveState = Pick<ArchiveFieldsFragment, "state">;
export type ArchiveVersion = Pick<ArchiveFieldsFragment, "observedAt">;
