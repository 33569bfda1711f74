/** A shard's row in the jobs table. */
import type { Nanos } from "../money/money.ts";
import type { SpendingEntry } from "../money/spending.ts";
import type { CauseCount } from "./causes.ts";

export type ShardState = "OPEN" | "PARKED" | "DONE";

export interface ShardRow {
  pk: string;
  sk: "SHARD";
  jobId: string;
  owner: string;
  /** -1 for the export shard. */
  shardNo: number;
  kind: "RECORDS" | "EXPORT";
  state: ShardState;
  /** The job's controlNo when it was parked. Resuming a job and raising its budget raise it, and a shard parked under an older one counts as OPEN. */
  parkedAtControlNo?: number;
  /** How often its failed slots were taken up again. */
  pass: number;
  /** Attempts before this pass that gave no record: they count no more against it. Absent in the first. */
  priorUnsuccessfulAttempts?: number;
  /** Slots `fromSlot` (inclusive) to `toSlot` (exclusive). */
  fromSlot: number;
  toSlot: number;
  /** Grows with every lease; every later write names it. */
  generation: number;
  /** 0 when the lease was given back. */
  leaseUntilMs: number;
  /** The task that holds the lease; absent when free. */
  leaseTask?: string;
  /** Leased while its worker still ran another shard; absent in shards that were last leased before there was such a mark. */
  isLeasedAhead?: boolean;
  checkpointNo: number;
  /** All slots below it are done; those done beyond it stand in the newest part. */
  lowWaterSlot: number;
  /** The parts that exist: only what a checkpoint names does. */
  partRanges: PartRange[];
  delivered: number;
  failed: number;
  /** Candidates that `accept` rejected; absent in shards made before there was one, as are causes. */
  rejected?: number;
  /** Attempts that ended, in whatever way. */
  attempts: number;
  /** Why attempts came to nothing, at most twenty causes. */
  causes?: CauseCount[];
  inputTokens: number;
  outputTokens: number;
  spentNanos: Nanos;
  /** What `spentNanos` was spent on. */
  spending: SpendingEntry[];
  /** How long workers have held its lease. */
  workerMs: number;
  /** Granted from the budget and not yet spent by a checkpoint. */
  grantNanos: Nanos;
  writtenOffNanos: Nanos;
  /** Generations in a row that ended without moving the checkpoint. */
  consecutiveCrashes: number;
  /** The slot that a careful worker took in hand last; absent while no worker had to be careful. */
  suspectedSlot?: SuspectedSlot;
  /** The kinds of the columns seen so far (see core/dataset/columns.ts). */
  columns: Record<string, string>;
  /** What the worker last told, newer than the checkpoint by at most a flush. */
  report?: ShardReport;
}

/** Parts `fromSeq` to `toSeq` (inclusive) of one generation. */
export interface PartRange {
  generation: number;
  fromSeq: number;
  toSeq: number;
  /** The shard's pass they were written in; the first when absent. */
  pass?: number;
  /** They lie with the dataset that this generation of the export wrote, and not among the parts. */
  compacted?: true;
}

/** A slot that may be what kills the workers of its shard. */
export interface SuspectedSlot {
  slot: number;
  /** Whose worker took it in hand. */
  generation: number;
  /** How many workers died with it alone in hand. */
  crashes: number;
}

/** Cumulative, so that twice equals once. */
export interface ShardReport {
  generation: number;
  reportNo: number;
  delivered: number;
  failed: number;
  rejected: number;
  /** The most frequent, as far as they fit. */
  causes: CauseCount[];
  spentNanos: Nanos;
  writtenOffNanos: Nanos;
  inputTokens: number;
  outputTokens: number;
  recordsPerSecond: number;
  latest: string[];
  reportedAt: string;
}
