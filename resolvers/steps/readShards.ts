import type { Context } from "@aws-appsync/utils";
import { batchGet } from "@aws-appsync/utils/dynamodb";
import type { JobRow } from "../../core/job/job-row.ts";
import type { ShardRow } from "../../core/shard/shard-row.ts";
import { fail } from "../shared/errors.ts";
import { shardKeys } from "../shared/shards.ts";
import { jobsTable } from "../shared/tables.ts";

/** What a second try is decided by; the list of parts stays where it is. */
const FACTS = [
  ...["pk", "sk", "jobId", "shardNo", "state", "pass", "fromSlot", "generation"],
  ...["delivered", "failed", "attempts", "consecutiveCrashes"],
];

/** The shards of the job in the stash, into the stash too. */
export function request(ctx: Context) {
  const { jobId, shardCount }: JobRow = ctx.stash.job;
  const keys = shardKeys(jobId, shardCount);
  return batchGet({ tables: { [jobsTable(ctx)]: { keys, consistentRead: true, projection: FACTS } } });
}

export function response(ctx: Context) {
  if (ctx.error || ctx.result.unprocessedKeys[jobsTable(ctx)]?.length > 0) fail(ctx);
  const rows: (ShardRow | null)[] = ctx.result.data[jobsTable(ctx)];
  ctx.stash.shards = rows.filter((row) => row !== null);
  return null;
}
