/**
 * What may happen to a shard: lease, grant, checkpoint, and the ways a lease ends. Each is one change, conditional on the
 * lease's generation, so whatever a worker that lost its lease still writes is refused.
 */
import type { CauseCount } from "./causes.ts";
import type { ColumnKinds } from "../dataset/columns.ts";
import type { Nanos } from "../money/money.ts";
import { isWrittenBy } from "./part.ts";
import { tokenOf } from "../random.ts";
import { budgetKey, exportKey, jobKey, shardKey } from "../keys.ts";
import type { PartRange, ShardRow, SuspectedSlot } from "./shard-row.ts";
import type { SpendingEntry } from "../money/spending.ts";
import type { Change, RowKey, Write } from "../change.ts";

/** A lease lasts this long without being renewed. */
export const LEASE_MS = 60_000;

/** From this many deaths in a row on, a worker makes one record at a time, so that the one in hand at the next death is known. */
export const ISOLATE_AFTER_CRASHES = 2;
/** A slot with which so many careful workers died, with nothing else in hand, is set aside. One may have been killed by chance. */
const POISON_AFTER_CRASHES = 2;
/** A shard whose workers die this often in a row without getting on fails its job. */
export const FAIL_AFTER_CRASHES = 5;
/** An export has no checkpoints, so interruptions alone must not fail it soon. */
export const FAIL_EXPORT_AFTER_CRASHES = 12;

export interface LeaseRequest {
  /** Whose lease it is to be. */
  readonly task: string;
  /** Whether the task still runs another shard, so that this lease may only wait at first. */
  readonly isAhead?: boolean;
  readonly nowMs: number;
  readonly leaseMs: number;
}

/** What a lease needs to know of its job. */
export interface LeasingJob {
  readonly jobId: string;
  readonly budgetId: string;
  readonly controlNo: number;
}

export function keyOf(row: Pick<ShardRow, "jobId" | "shardNo" | "kind">): RowKey {
  return row.kind === "EXPORT" ? exportKey(row.jobId) : shardKey(row.jobId, row.shardNo);
}

/** A shard parked before its job was resumed or given more money counts as open: there may be money again. */
export function isParked(row: ShardRow, job: Pick<LeasingJob, "controlNo">): boolean {
  return row.state === "PARKED" && row.parkedAtControlNo === job.controlNo;
}

export function isLeased(row: ShardRow, nowMs: number): boolean {
  return row.leaseUntilMs > nowMs;
}

/** How many tasks work at the shards, and so share what their account may do: at least one, who asks. */
export function countLeaseHolders(rows: readonly ShardRow[], nowMs: number): number {
  return Math.max(1, new Set(rows.filter((row) => isLeased(row, nowMs)).map(({ leaseTask }) => leaseTask)).size);
}

/**
 * Deaths in a row, should the lease be taken now: one more if it was not given back and nothing was checkpointed under it. A
 * lease taken ahead and granted nothing only waited: whatever its worker died of, it was none of the shard's records.
 */
export function crashesAtTakeover(row: ShardRow): number {
  const onlyWaited = row.isLeasedAhead === true && row.grantNanos === 0;
  if (row.leaseTask === undefined || onlyWaited) return row.consecutiveCrashes;
  return isWrittenBy(row.partRanges.at(-1), row.generation) ? 0 : row.consecutiveCrashes + 1;
}

/** The slot in hand at a death, should the lease be taken now. */
export function suspectedSlotAtTakeover({ suspectedSlot, leaseTask, generation }: ShardRow): SuspectedSlot | undefined {
  if (leaseTask === undefined || suspectedSlot?.generation !== generation) return suspectedSlot;
  return { ...suspectedSlot, crashes: suspectedSlot.crashes + 1 };
}

/** A careful worker takes a slot in hand: should it die, it is known with which. */
export function suspectSlot({ suspectedSlot, generation }: ShardRow, slot: number): SuspectedSlot {
  return { slot, generation, crashes: suspectedSlot?.slot === slot ? suspectedSlot.crashes : 0 };
}

/** The slot to be set aside before any other is begun. */
export function poisonSlot({ suspectedSlot }: ShardRow): number | undefined {
  return suspectedSlot && suspectedSlot.crashes >= POISON_AFTER_CRASHES ? suspectedSlot.slot : undefined;
}

/**
 * Takes a lease that is free or has run out. A grant is never inherited: what a vanished worker had not accounted for may be
 * spent, so it is written off. The job must still be running (exporting, for the export shard), so that no lease begins
 * behind the back of an ending.
 */
export function leaseShard(row: ShardRow, job: LeasingJob, holder: LeaseRequest): { change: Change; leased: ShardRow } {
  const leased: ShardRow = {
    ...row,
    state: "OPEN",
    generation: row.generation + 1,
    leaseUntilMs: holder.nowMs + holder.leaseMs,
    leaseTask: holder.task,
    isLeasedAhead: holder.isAhead ?? false,
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
  const proof = { key: keyOf(row), when: { equals: { generation, leaseTask: holder.task, leaseUntilMs } } };
  return {
    leased,
    change: {
      writes,
      postcondition: proof,
      idempotencyToken: tokenOf(row.jobId, row.shardNo, generation, "lease", holder.task, leaseUntilMs),
    },
  };
}

/** Ends a lease that has run out while its job is ending: generation + 1 fences the holder, and nobody holds it after. */
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
  // What was read before the job was resumed or given more money neither counts a shard out of those parked since nor ends the job.
  const isOfThisLife = row.kind === "EXPORT" || isParked(row, job);
  const equals = { status, ...(isOfThisLife && { controlNo: job.controlNo }) };
  if (!isParked(row, job)) return { key, kind: "check", when: { equals } };
  return { key, kind: "update", add: { parkedShards: -1 }, when: { equals, atLeast: { parkedShards: 1 } } };
}

function writeOff(row: ShardRow, job: LeasingJob): Write[] {
  if (row.grantNanos === 0) return [];
  return [{ key: budgetKey(job.budgetId), kind: "update", add: { writtenOffNanos: row.grantNanos } }];
}

/** Money from a job's budget. */
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

/** Where a shard stands; all cumulative but `newlySpentNanos`, which is what was spent since the checkpoint before. */
export interface Progress {
  readonly lowWaterSlot: number;
  readonly partRanges: PartRange[];
  readonly delivered: number;
  readonly failed: number;
  readonly rejected: number;
  readonly attempts: number;
  readonly causes: readonly CauseCount[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly newlySpentNanos: Nanos;
  readonly spending: SpendingEntry[];
  readonly workerMs: number;
  readonly columns: ColumnKinds;
  /** What a careful worker has in hand. */
  readonly suspectedSlot?: SuspectedSlot;
}

/**
 * Makes progress true and renews the lease, and takes a slice of the budget along: refused when the budget has less. Each
 * new part ends a row of deaths.
 */
export function checkpoint(
  row: ShardRow,
  progress: Progress,
  leaseUntilMs: number,
  slice?: BudgetSlice,
): { change: Change; next: ShardRow } {
  const { newlySpentNanos, ...told } = progress;
  const next: ShardRow = {
    ...row,
    ...told,
    columns: { ...told.columns },
    causes: [...told.causes],
    checkpointNo: row.checkpointNo + 1,
    spentNanos: row.spentNanos + newlySpentNanos,
    grantNanos: row.grantNanos - newlySpentNanos + (slice?.nanos ?? 0),
    consecutiveCrashes: isWrittenBy(told.partRanges.at(-1), row.generation) ? 0 : row.consecutiveCrashes,
    leaseUntilMs,
  };
  const { checkpointNo, spentNanos, grantNanos, consecutiveCrashes, generation } = next;
  const write: Write = {
    key: keyOf(row),
    kind: "update",
    set: { ...told, checkpointNo, spentNanos, consecutiveCrashes, leaseUntilMs },
    add: { grantNanos: grantNanos - row.grantNanos },
    when: { equals: { generation, checkpointNo: row.checkpointNo } },
  };
  // The grant tells the checkpoint with a slice from the one without, which may follow if the first was refused.
  const proof = { key: keyOf(row), when: { equals: { generation, checkpointNo, grantNanos } } };
  return {
    next,
    change: {
      writes: [write, ...(slice ? [drawSlice(slice)] : [])],
      postcondition: proof,
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
 * How a lease ends. DONE: every slot is done. PARKED: the budget cannot pay for one more record. OPEN: the worker has to go.
 */
export type LeaseEnd = "DONE" | "PARKED" | "OPEN";

/**
 * The last checkpoint of a lease: gives back lease and grant in the same transaction that counts the shard out of its job.
 * PARKED is refused when the job has been given more money since `job` was read: then the shard ends OPEN.
 */
export function endLease(row: ShardRow, job: LeasingJob, progress: Progress, state: LeaseEnd): Change {
  const { change, next } = checkpoint(row, progress, 0);
  const writes = change.writes.map((write) => ({
    ...write,
    set: { ...write.set, state, grantNanos: 0, ...(state === "PARKED" && { parkedAtControlNo: job.controlNo }) },
    add: undefined,
    remove: ["leaseTask"],
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

/** Demands that the lease still holds: what only its holder may decide. */
export function leaseCheck(row: ShardRow): Write {
  return { key: keyOf(row), kind: "check", when: { equals: { generation: row.generation } } };
}

/** Renews the lease and nothing else: for an export, which has no checkpoints, and while a shard is being opened. */
export function renewLease(row: ShardRow, leaseUntilMs: number): Change {
  const { generation } = row;
  return {
    writes: [{ key: keyOf(row), kind: "update", set: { leaseUntilMs }, when: { equals: { generation } } }],
    postcondition: { key: keyOf(row), when: { equals: { generation, leaseUntilMs } } },
    idempotencyToken: tokenOf(row.jobId, row.shardNo, generation, "renew", leaseUntilMs),
  };
}
