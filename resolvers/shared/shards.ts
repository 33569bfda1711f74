/** The rows of a job's shards, and from one to what the schema calls ShardProgress. */
import type { Context } from "@aws-appsync/utils";
import { batchGet } from "@aws-appsync/utils/dynamodb";
import { shardKey } from "../../core/keys.ts";
import type { ShardReport, ShardRow } from "../../core/shard/shard-row.ts";
import type { ShardProgress } from "../generated/schema.ts";
import type { ResolvedJob } from "./jobs.ts";
import { fail } from "./errors.ts";
import { jobsTable } from "./tables.ts";

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The keys of all shards of a job, which are fewer than a hundred. (APPSYNC_JS cannot count but by lists.) */
export function shardKeys(jobId: string, shardCount: number) {
  const numbers = DIGITS.flatMap((ten) => DIGITS.map((one) => ten * 10 + one)).filter((n) => n < shardCount);
  return numbers.map((n) => shardKey(jobId, n));
}

/**
 * Reads all shards of the job that a field belongs to, in one batch: a job has fewer than the 100 whose keys it takes.
 * @param facts the names of the fields wanted, beside the keys, by which AppSync puts the rows in order
 */
export function readShards(ctx: Context, facts: string[]) {
  const { id, shardCount }: ResolvedJob = ctx.source;
  const keys = shardKeys(id, shardCount);
  return batchGet({ tables: { [jobsTable(ctx)]: { keys, consistentRead: true, projection: ["pk", "sk", ...facts] } } });
}

/** What `readShards` has read; shards that are gone, because their job is being deleted, are left out. */
export function shardRows(ctx: Context): ShardRow[] {
  if (ctx.error || ctx.result.unprocessedKeys[jobsTable(ctx)]?.length > 0) fail(ctx);
  const rows: (ShardRow | null)[] = ctx.result.data[jobsTable(ctx)];
  return rows.filter((row) => row !== null);
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
    // Shards and reports made before records could be refused have neither.
    rejected: Math.max(row.rejected ?? 0, told.rejected ?? 0),
    // Those of a checkpoint may be more than a message to watchers holds.
    causes: row.report?.causes ?? [],
    spentNanos: Math.max(row.spentNanos, told.spentNanos),
    writtenOffNanos: Math.max(row.writtenOffNanos, told.writtenOffNanos),
    inputTokens: Math.max(row.inputTokens, told.inputTokens),
    outputTokens: Math.max(row.outputTokens, told.outputTokens),
    recordsPerSecond: runs ? told.recordsPerSecond : 0,
    latest: row.report?.latest ?? [],
    reportedAt: row.report?.reportedAt ?? null,
  };
}

function fromCheckpoint(row: ShardRow): Omit<ShardReport, "reportedAt" | "latest" | "causes"> {
  return {
    generation: row.generation,
    reportNo: 0,
    delivered: row.delivered,
    failed: row.failed,
    rejected: row.rejected ?? 0,
    spentNanos: row.spentNanos,
    writtenOffNanos: row.writtenOffNanos,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    recordsPerSecond: 0,
  };
}
