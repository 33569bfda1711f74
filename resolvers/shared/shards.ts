/** The rows of a job's shards, and their conversion to the schema's ShardProgress. */
import type { Context } from "@aws-appsync/utils";
import { batchGet } from "@aws-appsync/utils/dynamodb";
import { shardKey } from "../../core/keys.ts";
import type { KeptReport, ShardReport, ShardRow } from "../../core/shard/shard-row.ts";
import type { ShardProgress } from "../generated/schema.ts";
import { throwInternal } from "./errors.ts";
import { jobsTable } from "./tables.ts";

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The keys of all shards of a job, which has fewer than 99. (APPSYNC_JS has no loops that count.) */
export function shardKeys(jobId: string, shardCount: number) {
  const numbers = DIGITS.flatMap((ten) => DIGITS.map((one) => ten * 10 + one)).filter((n) => n < shardCount);
  return numbers.map((n) => shardKey(jobId, n));
}

/** What the fields that read a job's shards need of the job. */
export interface JobWithShards {
  id: string;
  shardCount: number;
}

/**
 * Reads all shards of the field's job in one batch, which holds up to 100.
 * @param fields the attributes to read besides the keys, by which AppSync puts the rows in order
 * @param more other rows to read with them
 */
export function readShards(ctx: Context, fields: string[], more: { pk: string; sk: string }[] = []) {
  const { id, shardCount }: JobWithShards = ctx.source;
  const keys = [...shardKeys(id, shardCount), ...more];
  return batchGet({
    tables: { [jobsTable(ctx)]: { keys, consistentRead: true, projection: ["pk", "sk", ...fields] } },
  });
}

/** What `readShards` has read, without shards that are gone because their job is being deleted. */
export function shardRows(ctx: Context): ShardRow[] {
  if (ctx.error || ctx.result.unprocessedKeys[jobsTable(ctx)]?.length > 0) throwInternal(ctx);
  const rows: (ShardRow | null)[] = ctx.result.data[jobsTable(ctx)];
  return rows.filter((row): row is ShardRow => row !== null && row.sk === "SHARD");
}

/**
 * The latest progress of a shard: the report that has just arrived, or the last one kept; and its checkpoint where that is
 * further. Of an earlier lease's report only when it came counts: what was not checkpointed then is regenerated.
 */
export function toShardProgress(row: ShardRow, report: ShardReport | null, nowMs: number): ShardProgress {
  const kept = row.report && row.report.generation === row.generation ? row.report : null;
  const reported: KeptReport = report ?? kept ?? { ...NO_REPORT, generation: row.generation };
  const isLeased = row.state === "OPEN" && row.leaseUntilMs > nowMs;
  return {
    id: `${row.jobId}#${row.shardNo}`,
    jobId: row.jobId,
    shardNo: row.shardNo,
    recordCount: row.toSlot - row.fromSlot,
    generation: row.generation,
    reportNo: reported.reportNo,
    delivered: Math.max(row.delivered, report?.delivered ?? 0),
    failed: Math.max(row.failed, report?.failed ?? 0),
    // Shards created before these were counted have none.
    rejected: Math.max(row.rejected ?? 0, report?.rejected ?? 0),
    mended: Math.max(row.mended ?? 0, report?.mended ?? 0),
    modelProblem: isLeased ? (reported.modelProblem ?? null) : null,
    // A checkpoint may have more causes and spending than fit in a message to watchers.
    causes: report ? report.causes : [],
    spentNanos: Math.max(row.spentNanos, report?.spentNanos ?? 0),
    spending: report ? report.spending : (row.spending ?? []),
    // A report follows a checkpoint, which has counted these already. Shards created before then have no time.
    workerMs: row.workerMs ?? 0,
    parts: row.checkpointNo,
    writtenOffNanos: Math.max(row.writtenOffNanos, report?.writtenOffNanos ?? 0),
    inputTokens: Math.max(row.inputTokens, report?.inputTokens ?? 0),
    outputTokens: Math.max(row.outputTokens, report?.outputTokens ?? 0),
    recordsPerSecond: isLeased ? reported.recordsPerSecond : 0,
    latest: report ? report.latest : [],
    reportedAt: report ? report.reportedAt : (row.report?.reportedAt ?? null),
  };
}

const NO_REPORT = { reportNo: 0, recordsPerSecond: 0, reportedAt: "" };
