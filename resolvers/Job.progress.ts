import { util, type Context } from "@aws-appsync/utils";
import { batchGet } from "@aws-appsync/utils/dynamodb";
import type { ShardRow } from "../core/rows.ts";
import type { JobAnswer } from "./shared/jobs.ts";
import { fail } from "./shared/refuse.ts";
import { shardKeys, toShardProgress } from "./shared/shards.ts";
import { jobsTable } from "./shared/tables.ts";

/** What progress is made of; the list of parts and the columns stay where they are. */
const FACTS = [
  ...["pk", "sk", "jobId", "shardNo", "state", "fromSlot", "toSlot", "generation", "leaseUntilMs", "report"],
  ...["delivered", "failed", "spentNanos", "writtenOffNanos", "inputTokens", "outputTokens"],
];

/** One batch: a job has fewer than the 100 shards whose keys it takes. */
export function request(ctx: Context) {
  const { id, shardCount }: JobAnswer = ctx.source;
  const keys = shardKeys(id, shardCount);
  return batchGet({ tables: { [jobsTable(ctx)]: { keys, consistentRead: true, projection: FACTS } } });
}

export function response(ctx: Context) {
  if (ctx.error || ctx.result.unprocessedKeys[jobsTable(ctx)]?.length > 0) fail(ctx);
  const rows: (ShardRow | null)[] = ctx.result.data[jobsTable(ctx)];
  const nowMs = util.time.nowEpochMilliSeconds();
  return rows.filter((row) => row !== null).map((row) => toShardProgress(row, nowMs));
}
