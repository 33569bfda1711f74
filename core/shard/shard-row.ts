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
  /**
   * The job's controlNo when it was parked. Resuming a job and raising its budget increment it, and a shard parked under an older
   * one counts as OPEN.
   */
  parkedAtControlNo?: number;
  /** What its next record needed when it was parked; absent where that is the template's worst case. */
  parkedNeed?: ParkedNeed;
  /** How often its failed slots were retried. */
  pass: number;
  /** Unsuccessful attempts before this pass, which no longer count against it. Absent in the first pass. */
  priorUnsuccessfulAttempts?: number;
  /** Slots `fromSlot` (inclusive) to `toSlot` (exclusive). */
  fromSlot: number;
  toSlot: number;
  /** Incremented by every lease; every later write names it. */
  generation: number;
  /** 0 when the lease was released. */
  leaseUntilMs: number;
  /** The task that holds the lease; absent when free. */
  leaseTask?: string;
  /** Leased while its worker was still running another shard; absent in shards last leased before this flag existed. */
  isLeasedAhead?: boolean;
  checkpointNo: number;
  /** All slots below it are done; those done above it are listed in the newest part. */
  lowWaterSlot: number;
  /** The parts that exist: only those a checkpoint references do. */
  partRanges: PartRange[];
  delivered: number;
  failed: number;
  /** Candidates that `accept` rejected; absent in shards that predate it, as are causes. */
  rejected?: number;
  /** Answers that were mended without a repair; absent in shards that predate it. */
  mended?: number;
  /** Attempts that ended, with any result. */
  attempts: number;
  /** Why attempts failed, at most twenty causes. */
  causes?: CauseCount[];
  inputTokens: number;
  outputTokens: number;
  spentNanos: Nanos;
  /** What `spentNanos` was spent on. */
  spending: SpendingEntry[];
  /** How long workers have held its lease. */
  workerMs: number;
  /** Granted from the budget and not yet spent as of the last checkpoint. */
  grantNanos: Nanos;
  writtenOffNanos: Nanos;
  /** Consecutive generations that ended without adding a part. */
  consecutiveCrashes: number;
  /** The slot that an isolating worker started last; absent while none had to isolate. */
  suspectedSlot?: SuspectedSlot;
  /** The column types inferred so far (see core/dataset/columns.ts). */
  columns: Record<string, string>;
  /** The worker's last report that was kept. */
  report?: KeptReport;
}

/** More than the worst case of one record. */
export interface ParkedNeed {
  nanos: Nanos;
  /** One sentence. */
  because: string;
}

/** Parts `fromSeq` to `toSeq` (inclusive) of one generation. */
export interface PartRange {
  generation: number;
  fromSeq: number;
  toSeq: number;
  /** The shard's pass in which they were written; the first when absent. */
  pass?: number;
  /** They are stored with the dataset that this generation of the export wrote, not among the parts. */
  compacted?: true;
}

/** A slot that may be what crashes its shard's workers. */
export interface SuspectedSlot {
  slot: number;
  /** The generation whose worker started it. */
  generation: number;
  /** How many workers crashed with only this slot in progress. */
  crashes: number;
}

/**
 * What a shard's row keeps of a report: what its checkpoints do not say. They pay for every byte of the row each time. Reports
 * kept by earlier versions have all of a report.
 */
export type KeptReport = Pick<
  ShardReport,
  "generation" | "reportNo" | "modelProblem" | "recordsPerSecond" | "reportedAt"
>;

/** A job's latest records, in a row of their own: as kept last, by whichever of its shards. */
export interface LatestRow {
  pk: string;
  sk: "LATEST";
  shardNo: number;
  latest: string[];
}

/** Cumulative, so that repeated reports are harmless. */
export interface ShardReport {
  generation: number;
  reportNo: number;
  delivered: number;
  failed: number;
  rejected: number;
  mended: number;
  /** What a model's server last said, while its calls do not succeed. */
  modelProblem?: string | null;
  /** The most frequent, as far as they fit. */
  causes: CauseCount[];
  spentNanos: Nanos;
  /** In as much detail as fits. */
  spending: SpendingEntry[];
  writtenOffNanos: Nanos;
  inputTokens: number;
  outputTokens: number;
  recordsPerSecond: number;
  latest: string[];
  /** Whether it is kept for pages that are opened later. */
  isKept: boolean;
  reportedAt: string;
}
