import { modelProblemOf } from "#core/job/job";
import { mergeCauses, regeneratedOf, type CauseCount } from "#core/shard/causes";
import type { JobFieldsFragment, ShardFieldsFragment } from "../generated/documents.ts";

/** The sums over a job's shards: its progress as the screen shows it. */
export interface Totals {
  readonly delivered: number;
  readonly failed: number;
  /** Candidates that the template's conditions rejected. */
  readonly rejected: number;
  /** Those of them that were followed by another attempt; the others were the last of a failed record. */
  readonly regenerated: number;
  /** Answers whose JSON was mended without a repair. */
  readonly mended: number;
  /** What a model's server says while its calls do not succeed; null while they do, and when the job is not running. */
  readonly modelProblem: string | null;
  /** Neither delivered nor failed yet. */
  readonly open: number;
  /** Delivered, from 0 to 1: what failed is not in the dataset. */
  readonly share: number;
  readonly spentNanos: number;
  /** Possibly spent by lost workers; counts against the budget. */
  readonly writtenOffNanos: number;
  /** Spent and written off as a share of the budget, from 0 to 1. */
  readonly budgetShare: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The average cost of a delivered record so far; null before the first. */
  readonly nanosPerRecord: number | null;
  /** Over the last few seconds, as the shards report it; 0 unless the job is running. */
  readonly recordsPerSecond: number;
  /** Until every record is done at the current rate; null while unknown. */
  readonly secondsLeft: number | null;
}

/** Sums up what the shards reported. `nowMs` excludes the throughput of shards that have stopped reporting. */
export function totalsOf(job: JobNumbers, nowMs: number): Totals {
  const sum = (field: Summable) => job.progress.reduce((total, shard) => total + shard[field], 0);
  const delivered = sum("delivered");
  const failed = sum("failed");
  const spentNanos = sum("spentNanos");
  const writtenOffNanos = sum("writtenOffNanos");
  const open = Math.max(0, job.recordCount - delivered - failed);
  const totals = {
    delivered,
    failed,
    rejected: sum("rejected"),
    regenerated: regeneratedOf(sum("rejected"), causesOf(job.progress)),
    mended: sum("mended"),
    modelProblem: modelProblemOf(job.status, job.progress),
    open,
    share: Math.min(1, delivered / job.recordCount),
    spentNanos,
    writtenOffNanos,
    budgetShare: Math.min(1, (spentNanos + writtenOffNanos) / job.budgetNanos),
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    nanosPerRecord: delivered > 0 ? spentNanos / delivered : null,
  };
  return withThroughput(totals, job.status === "RUNNING" ? speedOf(job.progress, nowMs) : 0);
}

/** The totals of a job that delivers so many records per second. */
export function withThroughput(
  totals: Omit<Totals, "recordsPerSecond" | "secondsLeft">,
  recordsPerSecond: number,
): Totals {
  const { open } = totals;
  return {
    ...totals,
    recordsPerSecond,
    secondsLeft: recordsPerSecond > 0 && open > 0 ? open / recordsPerSecond : null,
  };
}

/** Why attempts failed or were rejected, over all shards, the most frequent cause first. */
export function causesOf(shards: readonly Pick<ShardFieldsFragment, "causes">[]): CauseCount[] {
  return mergeCauses(shards.map(({ causes }) => causes));
}

/** How many records a budget is guaranteed to cover, whatever the models answer; at most `recordCount`. */
export function guaranteedRecords(budgetNanos: number, maxAttemptCostNanos: number, recordCount: number): number {
  if (maxAttemptCostNanos <= 0) return recordCount;
  return Math.min(recordCount, Math.floor(budgetNanos / maxAttemptCostNanos));
}

/** The latest records of all shards, those of the latest report first. Anything but a JSON object is skipped. */
export function latestRecords(shards: readonly ShardFieldsFragment[], limit: number): LatestRecord[] {
  return shards
    .filter((shard) => shard.reportedAt !== null)
    .toSorted((a, b) => Date.parse(b.reportedAt!) - Date.parse(a.reportedAt!))
    .flatMap((shard) => shard.latest.map((text) => ({ shardNo: shard.shardNo, text })))
    .flatMap(({ shardNo, text }, index, all) => {
      const columns = parseColumns(text);
      // Two records of a shard may be equal: a model may answer the same prompt identically.
      const equalBefore = all
        .slice(0, index)
        .filter((other) => other.shardNo === shardNo && other.text === text).length;
      return columns ? [{ key: `${shardNo} ${equalBefore} ${text}`, columns }] : [];
    })
    .slice(0, limit);
}

export interface LatestRecord {
  /** Unique among the records on screen. */
  readonly key: string;
  readonly columns: readonly (readonly [name: string, value: string])[];
}

export type JobNumbers = Pick<JobFieldsFragment, "status" | "recordCount" | "budgetNanos"> & {
  readonly progress: readonly ShardFieldsFragment[];
};

type Summable =
  "delivered" | "failed" | "rejected" | "mended" | "spentNanos" | "writtenOffNanos" | "inputTokens" | "outputTokens";

/**
 * With N shards, each reports every N seconds; after twice that it counts as silent. The extra minute allows for a browser
 * whose clock is off.
 */
function speedOf(shards: readonly ShardFieldsFragment[], nowMs: number): number {
  const silentMs = 60_000 + shards.length * 2_000;
  return shards
    .filter((shard) => shard.reportedAt !== null && nowMs - Date.parse(shard.reportedAt) < silentMs)
    .reduce((total, shard) => total + shard.recordsPerSecond, 0);
}

function parseColumns(text: string): [string, string][] | undefined {
  try {
    const record: unknown = JSON.parse(text);
    if (typeof record !== "object" || record === null || Array.isArray(record)) return undefined;
    return Object.entries(record).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  } catch {
    return undefined;
  }
}
