/** A job's transitions as the worker makes them; each is conditional on the state it leaves and keeps the index keys in sync. */
import type { Outcome } from "./job.ts";
import { tokenOf } from "../random.ts";
import { datasetPrefix } from "../bucket.ts";
import { exportKey, jobKey, LEFTOVERS, ownerStatus } from "../keys.ts";
import type { DatasetFileRow, JobRow } from "./job-row.ts";
import { newShard } from "../shard/new-shard.ts";
import type { PartRange, ShardRow } from "../shard/shard-row.ts";
import { keyOf } from "../shard/lease.ts";
import type { Change, Condition, Write } from "../change.ts";

/** QUEUED → RUNNING. Removes what an earlier ending left on a resumed job. */
export function startJob(job: JobRow, nowIso: string): Change {
  const set = { ...statusOf(job, "RUNNING"), startedAt: job.startedAt ?? nowIso };
  const remove = ["outcome", "statusReason", "finishedAt"];
  return transition(job, { set, remove, when: { equals: { status: "QUEUED" } }, expected: { status: "RUNNING" } });
}

/** RUNNING → EXPORTING, recording how the job will end. `when` is what the decision depends on besides the status. */
export function beginExport(
  job: JobRow,
  outcome: Outcome,
  statusReason: string | undefined,
  when?: Condition["equals"],
): Change {
  const set = { ...statusOf(job, "EXPORTING"), outcome, ...(statusReason && { statusReason }) };
  const remove = statusReason ? [] : ["statusReason"];
  return transition(job, {
    set,
    remove,
    when: { equals: { status: "RUNNING", ...when } },
    expected: { status: "EXPORTING", outcome },
  });
}

/** Creates the row of the shard that writes the dataset. */
export function createExportShard(job: JobRow): Change {
  const { jobId, owner } = job;
  const row = newShard({ jobId, owner, shardNo: -1, kind: "EXPORT", fromSlot: 0, toSlot: 0 });
  return {
    writes: [{ key: exportKey(jobId), kind: "put", set: { ...row } }],
    idempotencyToken: tokenOf(jobId, "export"),
  };
}

/** A dataset that has been written but is not referenced yet. */
export interface WrittenDataset {
  /** Its files, or the first ones if there are very many. */
  readonly datasetFiles: readonly DatasetFileRow[];
  readonly fileCount: number;
  /** Its rows; absent where a record is one row. */
  readonly rows?: number;
  /** Where the parts of each shard are now; absent when they stay where they were, because the job may resume. */
  readonly compacted?: readonly CompactedShard[];
}

export interface CompactedShard {
  /** As it was when its parts were read. */
  readonly shard: ShardRow;
  readonly partRanges: readonly PartRange[];
}

/**
 * EXPORTING → the outcome, with the dataset this lease wrote. After that nothing references the parts that were compacted
 * into it; the dispatcher finds the job among those with leftovers until it has removed them.
 */
export function publishDataset(
  job: JobRow,
  lease: ShardRow,
  outcome: Outcome,
  { datasetFiles, fileCount, rows, compacted = [] }: WrittenDataset,
  nowIso: string,
): Change {
  const prefix = datasetPrefix(job.jobId, lease.generation);
  const dataset = {
    datasetPrefix: prefix,
    datasetFiles,
    datasetFileCount: fileCount,
    ...(rows !== undefined && { datasetRows: rows }),
    isCompacted: compacted.length > 0,
  };
  const change = transition(job, {
    set: {
      ...statusOf(job, outcome),
      ...dataset,
      queueKey: LEFTOVERS,
      sweepGeneration: lease.generation,
      finishedAt: nowIso,
    },
    remove: [],
    // A job that was resumed since this worker read it will end differently, with other shards.
    when: { equals: { status: "EXPORTING", controlNo: job.controlNo } },
    expected: { status: outcome, datasetPrefix: prefix },
  });
  return { ...change, writes: [...change.writes, released(lease), ...compacted.map(repointed)] };
}

/** Points the shard at its compacted parts, unless it has moved on since they were read. */
function repointed({ shard, partRanges }: CompactedShard): Write {
  const { generation, checkpointNo } = shard;
  return { key: keyOf(shard), kind: "update", set: { partRanges }, when: { equals: { generation, checkpointNo } } };
}

/** EXPORTING → FAILED without a dataset: every worker that tried to write it crashed. */
export function failExport(job: JobRow, lease: ShardRow, statusReason: string, nowIso: string): Change {
  const change = transition(job, {
    set: { ...statusOf(job, "FAILED"), outcome: "FAILED", statusReason, finishedAt: nowIso },
    remove: ["queueKey"],
    when: { equals: { status: "EXPORTING", controlNo: job.controlNo } },
    expected: { status: "FAILED", statusReason },
  });
  return { ...change, writes: [...change.writes, released(lease)] };
}

/** Releases the export's lease without a result, for another worker to start over. */
export function releaseExport(lease: ShardRow): Change {
  const { generation } = lease;
  return {
    writes: [released(lease)],
    postcondition: { key: keyOf(lease), when: { equals: { generation, leaseUntilMs: 0 } } },
    idempotencyToken: tokenOf(lease.jobId, "free", generation),
  };
}

function released(lease: ShardRow) {
  const when = { equals: { generation: lease.generation } };
  return {
    key: keyOf(lease),
    kind: "update",
    set: { leaseUntilMs: 0, consecutiveCrashes: 0 },
    remove: ["leaseTask"],
    when,
  } as const;
}

function statusOf(job: JobRow, status: JobRow["status"]) {
  return { status, ownerStatus: ownerStatus(job.owner, status) };
}

interface Transition {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove: readonly string[];
  readonly when: Condition;
  readonly expected: Readonly<Record<string, string | number>>;
}

function transition(job: JobRow, { set, remove, when, expected }: Transition): Change {
  const key = jobKey(job.jobId);
  return {
    writes: [{ key, kind: "update", set, remove, when }],
    postcondition: { key, when: { equals: expected } },
    // controlNo distinguishes a transition from the same one after a resume.
    idempotencyToken: tokenOf(job.jobId, String(set.status), job.controlNo, JSON.stringify(expected)),
  };
}
