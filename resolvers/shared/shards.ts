/** From a shard's row to what the schema calls ShardProgress. */
import { shardKey, type ShardReport, type ShardRow } from "../../core/rows.ts";
import type { ShardProgress } from "../generated/schema.ts";

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The keys of all shards of a job, which are fewer than a hundred. (APPSYNC_JS cannot count but by lists.) */
export function shardKeys(jobId: string, shardCount: number) {
  const numbers = DIGITS.flatMap((ten) => DIGITS.map((one) => ten * 10 + one)).filter((n) => n < shardCount);
  return numbers.map((n) => shardKey(jobId, n));
}

/**
 * The newest facts of a shard: what its worker told, or what its checkpoint says where that is further. A report of an
 * earlier lease counts for the records shown only: what was not checkpointed then is made again.
 */
export function toShardProgress(row: ShardRow, nowMs: number): ShardProgress {
  const told = row.report && row.report.generation === row.generation ? row.report : fromCheckpoint(row);
  const runs = row.state === "OPEN" && row.leaseUntilMs > nowMs;
  return {
    id: `${row.jobId}#${row.shardNo}`,
    jobId: row.jobId,
    shardNo: row.shardNo,
    recordCount: row.toSlot - row.fromSlot,
    generation: row.generation,
    reportNo: told.reportNo,
    delivered: Math.max(row.delivered, told.delivered),
    failed: Math.max(row.failed, told.failed),
    spentNanos: Math.max(row.spentNanos, told.spentNanos),
    writtenOffNanos: Math.max(row.writtenOffNanos, told.writtenOffNanos),
    inputTokens: Math.max(row.inputTokens, told.inputTokens),
    outputTokens: Math.max(row.outputTokens, told.outputTokens),
    recordsPerSecond: runs ? told.recordsPerSecond : 0,
    latest: row.report?.latest ?? [],
    reportedAt: row.report?.reportedAt ?? null,
  };
}

function fromCheckpoint(row: ShardRow): Omit<ShardReport, "reportedAt" | "latest"> {
  return {
    generation: row.generation,
    reportNo: 0,
    delivered: row.delivered,
    failed: row.failed,
    spentNanos: row.spentNanos,
    writtenOffNanos: row.writtenOffNanos,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    recordsPerSecond: 0,
  };
}
