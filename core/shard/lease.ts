/**
 * What may happen to a shard: lease, grant, checkpoint, and the ways a lease ends. Each is one change, conditional on the
 * lease's generation, so that any later write of a worker that lost its lease is rejected.
 */
import type { CauseCount } from "./causes.ts";
import type { InferredTypes } from "../dataset/columns.ts";
import type { Nanos } from "../money/money.ts";
import { isWrittenBy } from "./part.ts";
import { tokenOf } from "../random.ts";
import { budgetKey, exportKey, jobKey, shardKey } from "../keys.ts";
import type { ParkedNeed, PartRange, ShardRow, SuspectedSlot } from "./shard-row.ts";
import type { SpendingEntry } from "../money/spending.ts";
import type { Change, RowKey, Write } from "../change.ts";

/** How long a lease lasts without renewal. */
export const LEASE_MS = 60_000;

/** After this many consecutive crashes, a worker makes one record at a time, so that the next crash can be attributed to one. */
export const ISOLATE_AFTER_CRASHES = 2;
/** A slot that crashed this many isolating workers, with nothing else in progress, is failed. One crash may be coincidence. */
const POISON_AFTER_CRASHES = 2;
/** A shard with this many consecutive crashes without progress fails its job. */
export const FAIL_AFTER_CRASHES = 5;
/** An export has no checkpoints, so interruptions alone must not fail it quickly. */
export const FAIL_EXPORT_AFTER_CRASHES = 12;

export interface LeaseRequest {
  /** The task that takes the lease. */
  readonly task: string;
  /** Whether the task is still running another shard, so that this lease may sit idle at first. */
  readonly isAhead?: boolean;
  readonly nowMs: number;
  readonly leaseMs: number;
}

/** The attributes of its job that a lease needs. */
export interface LeasingJob {
  readonly jobId: string;
  readonly budgetId: string;
  readonly controlNo: number;
}

export function keyOf(row: Pick<ShardRow, "jobId" | "shardNo" | "kind">): RowKey {
  return row.kind === "EXPORT" ? exportKey(row.jobId) : shardKey(row.jobId, row.shardNo);
}

/** A shard parked before its job was resumed or its budget raised counts as open: there may be money again. */
export function isParked(row: ShardRow, job: Pick<LeasingJob, "controlNo">): boolean {
  return row.state === "PARKED" && row.parkedAtControlNo === job.controlNo;
}

export function isLeased(row: ShardRow, nowMs: number): boolean {
  return row.leaseUntilMs > nowMs;
}

/** How many tasks work on the shards, and so share the account's quotas: at least one, the caller. */
export function countLeaseHolders(rows: readonly ShardRow[], nowMs: number): number {
  return Math.max(1, new Set(rows.filter((row) => isLeased(row, nowMs)).map(({ leaseTask }) => leaseTask)).size);
}

/**
 * Consecutive crashes, if the lease is taken now: one more if it was not released and added no part. A lease
 * taken ahead without a grant was idle: none of the shard's records can have crashed its worker.
 */
export function crashesAtTakeover(row: ShardRow): number {
  const onlyWaited = row.isLeasedAhead === true && row.grantNanos === 0;
  if (row.leaseTask === undefined || onlyWaited) return row.consecutiveCrashes;
  return isWrittenBy(row.partRanges.at(-1), row.generation) ? 0 : row.consecutiveCrashes + 1;
}

/** The suspected slot, if the lease is taken now: one more crash if its worker did not release the lease. */
export function suspectedSlotAtTakeover({ suspectedSlot, leaseTask, generation }: ShardRow): SuspectedSlot | undefined {
  if (leaseTask === undefined || suspectedSlot?.generation !== generation) return suspectedSlot;
  return { ...suspectedSlot, crashes: suspectedSlot.crashes + 1 };
}

/** An isolating worker starts a slot: if it crashes, the slot is known. */
export function suspectSlot({ suspectedSlot, generation }: ShardRow, slot: number): SuspectedSlot {
  return { slot, generation, crashes: suspectedSlot?.slot === slot ? suspectedSlot.crashes : 0 };
}

/** The slot to fail before any other is started. */
export function poisonSlot({ suspectedSlot }: ShardRow): number | undefined {
  return suspectedSlot && suspectedSlot.crashes >= POISON_AFTER_CRASHES ? suspectedSlot.slot : undefined;
}

/**
 * Takes a lease that is free or has expired. A grant is never inherited: what a vanished worker had not accounted for may be
 * spent, so it is written off. The job must still be running (exporting, for the export shard), so that no lease starts
 * while the job is ending.
 */
export function leaseShard(
  row: ShardRow,
  job: LeasingJob,
  request: LeaseRequest,
): { change: Change; leased: ShardRow } {
  const leased: ShardRow = {
    ...row,
    state: "OPEN",
    generation: row.generation + 1,
    leaseUntilMs: request.nowMs + request.leaseMs,
    leaseTask: request.task,
    isLeasedAhead: request.isAhead ?? false,
    grantNanos: 0,
    writtenOffNanos: row.writtenOffNanos + row.grantNanos,
    consecutiveCrashes: crashesAtTakeover(row),
    suspectedSlot: suspectedSlotAtTakeover(row),
  };
  const { state, generation, leaseUntilMs, leaseTask, isLeasedAhead, consecutiveCrashes, suspectedSlot } = leased;
  const writes = [
    takeover(row, { state, generation, leaseUntilMs, leaseTask, isLeasedAhead, consecutiveCrashes, suspectedSlot }),
    unpark(row, job),
    ...writeOff(row, job),
  ];
  const postcondition = { key: keyOf(row), when: { equals: { generation, leaseTask: request.task, leaseUntilMs } } };
  return {
    leased,
    change: {
      writes,
      postcondition,
      idempotencyToken: tokenOf(row.jobId, row.shardNo, generation, "lease", request.task, leaseUntilMs),
    },
  };
}

/** Ends an expired lease while its job is ending: generation + 1 fences the holder, and no one holds it afterwards. */
export function fenceExpiredLease(row: ShardRow, job: LeasingJob): Change {
  const generation = row.generation + 1;
  const closing = takeover(row, { generation, leaseUntilMs: 0 }, ["leaseTask"]);
  const check: Write = { key: jobKey(job.jobId), kind: "check", when: { equals: { status: "EXPORTING" } } };
  return {
    writes: [closing, check, ...writeOff(row, job)],
    postcondition: { key: keyOf(row), when: { equals: { generation, leaseUntilMs: 0 } } },
    idempotencyToken: tokenOf(row.jobId, row.shardNo, generation, "close", row.leaseUntilMs),
  };
}

function takeover(row: ShardRow, set: Record<string, unknown>, remove?: string[]): Write {
  const { generation, leaseUntilMs, grantNanos } = row;
  return {
    key: keyOf(row),
    kind: "update",
    set: { ...set, grantNanos: 0 },
    add: { writtenOffNanos: grantNanos },
    remove,
    when: { equals: { generation, leaseUntilMs, grantNanos }, oneOf: { state: ["OPEN", "PARKED"] } },
  };
}

function unpark(row: ShardRow, job: LeasingJob): Write {
  const status = row.kind === "EXPORT" ? "EXPORTING" : "RUNNING";
  const key = jobKey(job.jobId);
  // A stale read, from before the job was resumed or its budget raised, must neither unpark a shard parked since nor end the job.
  const needsCurrentJob = row.kind === "EXPORT" || isParked(row, job);
  const equals = { status, ...(needsCurrentJob && { controlNo: job.controlNo }) };
  if (!isParked(row, job)) return { key, kind: "check", when: { equals } };
  return { key, kind: "update", add: { parkedShards: -1 }, when: { equals, atLeast: { parkedShards: 1 } } };
}

function writeOff(row: ShardRow, job: LeasingJob): Write[] {
  if (row.grantNanos === 0) return [];
  return [{ key: budgetKey(job.budgetId), kind: "update", add: { writtenOffNanos: row.grantNanos } }];
}

/** An amount from a job's budget; negative where it is given back. */
export interface BudgetSlice {
  readonly budgetId: string;
  readonly nanos: Nanos;
}

/** Moves a slice of the budget to the shard; `grantNo` counts this lease's grants. */
export function grantSlice(row: ShardRow, slice: BudgetSlice, grantNo: number): Change {
  const { generation } = row;
  return {
    writes: [
      drawSlice(slice),
      { key: keyOf(row), kind: "update", add: { grantNanos: slice.nanos }, when: { equals: { generation } } },
    ],
    idempotencyToken: tokenOf(row.jobId, row.shardNo, generation, "grant", grantNo),
  };
}

function drawSlice({ budgetId, nanos }: BudgetSlice): Write {
  const when = { atLeast: { remainingNanos: nanos } };
  return { key: budgetKey(budgetId), kind: "update", add: { remainingNanos: -nanos }, when };
}

/** A shard's progress; all cumulative but `newlySpentNanos`, which is what was spent since the last checkpoint. */
export interface Progress {
  readonly lowWaterSlot: number;
  readonly partRanges: PartRange[];
  readonly delivered: number;
  readonly failed: number;
  readonly rejected: number;
  readonly mended: number;
  readonly attempts: number;
  readonly causes: readonly CauseCount[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly newlySpentNanos: Nanos;
  readonly spending: SpendingEntry[];
  readonly workerMs: number;
  readonly columns: InferredTypes;
  /** What an isolating worker has in progress. */
  readonly suspectedSlot?: SuspectedSlot;
}

/**
 * Commits progress, renews the lease and optionally draws a slice of the budget, which is rejected when the budget has less, or
 * gives one back. Each new part resets the consecutive crashes.
 */
export function checkpoint(
  row: ShardRow,
  progress: Progress,
  leaseUntilMs: number,
  slice?: BudgetSlice,
): { change: Change; next: ShardRow } {
  const { newlySpentNanos, ...totals } = progress;
  const next: ShardRow = {
    ...row,
    ...totals,
    columns: { ...totals.columns },
    causes: [...totals.causes],
    checkpointNo: row.checkpointNo + 1,
    spentNanos: row.spentNanos + newlySpentNanos,
    grantNanos: row.grantNanos - newlySpentNanos + (slice?.nanos ?? 0),
    consecutiveCrashes: isWrittenBy(totals.partRanges.at(-1), row.generation) ? 0 : row.consecutiveCrashes,
    leaseUntilMs,
  };
  const { checkpointNo, spentNanos, grantNanos, consecutiveCrashes, generation } = next;
  const write: Write = {
    key: keyOf(row),
    kind: "update",
    set: { ...totals, checkpointNo, spentNanos, consecutiveCrashes, leaseUntilMs },
    add: { grantNanos: grantNanos - row.grantNanos },
    when: { equals: { generation, checkpointNo: row.checkpointNo } },
  };
  // The grant distinguishes the checkpoint with a slice from the one without, which may follow if the first was rejected.
  const postcondition = { key: keyOf(row), when: { equals: { generation, checkpointNo, grantNanos } } };
  return {
    next,
    change: {
      writes: [write, ...(slice ? [drawSlice(slice)] : [])],
      postcondition,
      idempotencyToken: tokenOf(
        row.jobId,
        row.shardNo,
        generation,
        slice ? "checkpoint and grant" : "checkpoint",
        checkpointNo,
      ),
    },
  };
}

/**
 * How a lease ends. DONE: every slot is done. PARKED: the budget cannot pay for another record. OPEN: the worker must stop.
 */
export type LeaseEnd = "DONE" | "PARKED" | "OPEN";

/**
 * The last checkpoint of a lease: releases lease and grant in the same transaction that updates its job's shard counts.
 * PARKED is rejected when the budget was raised since `job` was read: then the shard ends OPEN.
 */
export function endLease(
  row: ShardRow,
  job: LeasingJob,
  progress: Progress,
  state: LeaseEnd,
  parkedNeed?: ParkedNeed,
): Change {
  const { change, next } = checkpoint(row, progress, 0);
  const parked = state === "PARKED" && { parkedAtControlNo: job.controlNo, ...(parkedNeed && { parkedNeed }) };
  const writes = change.writes.map((write) => ({
    ...write,
    set: { ...write.set, state, grantNanos: 0, ...parked },
    add: undefined,
    remove: ["leaseTask", ...(state === "PARKED" && parkedNeed ? [] : ["parkedNeed"])],
    when: { equals: { ...write.when?.equals, grantNanos: row.grantNanos } },
  }));
  const { generation, checkpointNo } = next;
  return {
    writes: [...writes, ...countOut(job, state), ...returnGrant(job, next.grantNanos)],
    postcondition: { key: keyOf(row), when: { equals: { generation, checkpointNo, state } } },
    idempotencyToken: tokenOf(row.jobId, row.shardNo, generation, "end", checkpointNo, state),
  };
}

function countOut(job: LeasingJob, state: LeaseEnd): Write[] {
  const key = jobKey(job.jobId);
  if (state === "DONE") return [{ key, kind: "update", add: { openShards: -1 }, when: { atLeast: { openShards: 1 } } }];
  if (state === "PARKED")
    return [{ key, kind: "update", add: { parkedShards: 1 }, when: { equals: { controlNo: job.controlNo } } }];
  return [];
}

function returnGrant(job: LeasingJob, nanos: Nanos): Write[] {
  return nanos === 0 ? [] : [{ key: budgetKey(job.budgetId), kind: "update", add: { remainingNanos: nanos } }];
}

/** Requires that the lease is still held: for decisions only its holder may make. */
export function leaseCheck(row: ShardRow): Write {
  return { key: keyOf(row), kind: "check", when: { equals: { generation: row.generation } } };
}

/** Only renews the lease: for an export, which has no checkpoints, and while a shard is being opened. */
export function renewLease(row: ShardRow, leaseUntilMs: number): Change {
  const { generation } = row;
  return {
    writes: [{ key: keyOf(row), kind: "update", set: { leaseUntilMs }, when: { equals: { generation } } }],
    postcondition: { key: keyOf(row), when: { equals: { generation, leaseUntilMs } } },
    idempotencyToken: tokenOf(row.jobId, row.shardNo, generation, "renew", leaseUntilMs),
  };
}
