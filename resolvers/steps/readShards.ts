import type { Context } from "@aws-appsync/utils";
import { batchGet } from "@aws-appsync/utils/dynamodb";
import type { JobRow } from "../../core/job/job-row.ts";
import type { ShardRow } from "../../core/shard/shard-row.ts";
import { throwInternal } from "../shared/errors.ts";
import { shardKeys } from "../shared/shards.ts";
import { jobsTable } from "../shared/tables.ts";

/** What a retry is decided by, without the list of parts. */
const SHARD_FIELDS = [
  ...["pk", "sk", "jobId", "shardNo", "state", "pass", "fromSlot", "generation"],
  ...["delivered", "failed", "attempts", "consecutiveCrashes"],
];

/** Stashes the shards of the stashed job. */
export function request(ctx: Context) {
  const { jobId, shardCount }: JobRow = ctx.stash.job;
  const keys = shardKeys(jobId, shardCount);
  return batchGet({ tables: { [jobsTable(ctx)]: { keys, consistentRead: true, projection: SHARD_FIELDS } } });
}

export function response(ctx: Context) {
  if (ctx.error || ctx.result.unprocessedKeys[jobsTable(ctx)]?.length > 0) throwInternal(ctx);
  const rows: (ShardRow | null)[] = ctx.result.data[jobsTable(ctx)];
  ctx.stash.shards = rows.filter((row) => row !== null);
  return null;
}
