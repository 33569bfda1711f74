import { util, type Context } from "@aws-appsync/utils";
import { batchGet } from "@aws-appsync/utils/dynamodb";
import { shardKey, type ShardRow } from "../core/rows.ts";
import type { JobAnswer } from "./shared/jobs.ts";
import { fail } from "./shared/refuse.ts";
import { toShardProgress } from "./shared/shards.ts";
import { jobsTable } from "./shared/tables.ts";

/** What progress is made of; the list of parts and the columns stay where they are. */
const FACTS = [
  ...["pk", "sk", "jobId", "shardNo", "state", "fromSlot", "toSlot", "generation", "leaseUntilMs", "report"],
  ...["delivered", "failed", "spentNanos", "writtenOffNanos", "inputTokens", "outputTokens"],
];
const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** One batch: a job has 80 shards at most, a batch takes 100 keys. (APPSYNC_JS cannot count but by lists.) */
export function request(ctx: Context) {
  const { id, shardCount }: JobAnswer = ctx.source;
  const numbers = DIGITS.flatMap((ten) => DIGITS.map((one) => ten * 10 + one)).filter((n) => n < shardCount);
  const keys = numbers.map((n) => shardKey(id, n));
  return batchGet({ tables: { [jobsTable(ctx)]: { keys, consistentRead: true, projection: FACTS } } });
}

export function response(ctx: Context) {
  if (ctx.error || ctx.result.unprocessedKeys[jobsTable(ctx)]?.length > 0) fail(ctx);
  const rows: (ShardRow | null)[] = ctx.result.data[jobsTable(ctx)];
  const nowMs = util.time.nowEpochMilliSeconds();
  return rows.filter((row) => row !== null).map((row) => toShardProgress(row, nowMs));
}
