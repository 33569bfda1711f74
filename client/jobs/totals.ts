import { mergeCauses, type CauseCount } from "#core/shard/causes";
import type { JobFieldsFragment, ShardFieldsFragment } from "../generated/documents.ts";

/** A job's shards in one: what the screen shows of its progress. */
export interface Totals {
  readonly delivered: number;
  readonly failed: number;
  /** Finished records that the template did not accept; others were made in their place. */
  readonly rejected: number;
  /** Neither made nor set aside yet. */
  readonly open: number;
  /** Delivered and failed, from 0 to 1. */
  readonly share: number;
  readonly spentNanos: number;
  /** Possibly spent by workers that vanished; counts against the budget. */
  readonly writtenOffNanos: number;
  /** Spent and written off against the budget, from 0 to 1. */
  readonly budgetShare: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** What a delivered record cost so far on average; null before the first. */
  readonly nanosPerRecord: number | null;
  /** Over the last seconds; 0 unless the job runs. */
  readonly recordsPerSecond: number;
  /** Until every record is made at the present speed; null while it cannot be told. */
  readonly secondsLeft: number | null;
}

/** Sums up what the shards reported. `nowMs` leaves out the speed of shards that have fallen silent. */
export function totalsOf(job: JobNumbers, nowMs: number): Totals {
  const sum = (field: Summable) => job.progress.reduce((total, shard) => total + shard[field], 0);
  const delivered = sum("delivered");
  const failed = sum("failed");
  const spentNanos = sum("spentNanos");
  const writtenOffNanos = sum("writtenOffNanos");
  const open = Math.max(0, job.recordCount - delivered - failed);
  const recordsPerSecond = job.status === "RUNNING" ? speedOf(job.progress, nowMs) : 0;
  return {
    delivered,
    failed,
    rejected: sum("rejected"),
    open,
    share: Math.min(1, (delivered + failed) / job.recordCount),
    spentNanos,
    writtenOffNanos,
    budgetShare: Math.min(1, (spentNanos + writtenOffNanos) / job.budgetNanos),
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    nanosPerRecord: delivered > 0 ? spentNanos / delivered : null,
    recordsPerSecond,
    secondsLeft: recordsPerSecond > 0 && open > 0 ? open / recordsPerSecond : null,
  };
}

/** Why attempts of all shards came to nothing, the most frequent cause first. */
export function causesOf(shards: readonly Pick<ShardFieldsFragment, "causes">[]): CauseCount[] {
  return mergeCauses(shards.map(({ causes }) => causes));
}

/** How many records a budget pays for whatever the model answers, `recordCount` at most. */
export function surelyPaidRecords(budgetNanos: number, maxAttemptCostNanos: number, recordCount: number): number {
  if (maxAttemptCostNanos <= 0) return recordCount;
  return Math.min(recordCount, Math.floor(budgetNanos / maxAttemptCostNanos));
}

/** The latest records of all shards, those of the shard that reported last first. Texts that are not JSON objects are left out. */
export function latestRecords(shards: readonly ShardFieldsFragment[], limit: number): LatestRecord[] {
  return shards
    .filter((shard) => shard.reportedAt !== null)
    .toSorted((a, b) => Date.parse(b.reportedAt!) - Date.parse(a.reportedAt!))
    .flatMap((shard) => shard.latest.map((text) => ({ shardNo: shard.shardNo, text })))
    .flatMap(({ shardNo, text }, index, all) => {
      const columns = parseColumns(text);
      // Two records of a shard may be equal: a model may answer the same prompt in the same words.
      const equalBefore = all
        .slice(0, index)
        .filter((other) => other.shardNo === shardNo && other.text === text).length;
      return columns ? [{ key: `${shardNo} ${equalBefore} ${text}`, columns }] : [];
    })
    .slice(0, limit);
}

export interface LatestRecord {
  /** Tells it from the others on screen. */
  readonly key: string;
  readonly columns: readonly (readonly [name: string, value: string])[];
}

export type JobNumbers = Pick<JobFieldsFragment, "status" | "recordCount" | "budgetNanos"> & {
  readonly progress: readonly ShardFieldsFragment[];
};

type Summable = "delivered" | "failed" | "rejected" | "spentNanos" | "writtenOffNanos" | "inputTokens" | "outputTokens";

/**
 * A shard reports every second, or every as many seconds as there are shards; twice that is silence. The minute on top
 * allows for a browser whose clock is not quite right.
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
