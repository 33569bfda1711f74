import { util, type Context } from "@aws-appsync/utils";
import { readShards, shardRows, toShardProgress } from "./shared/shards.ts";

/** What progress needs, without the lists of parts and columns. */
const SHARD_FIELDS = [
  ...["jobId", "shardNo", "state", "fromSlot", "toSlot", "generation", "leaseUntilMs", "report"],
  ...["delivered", "failed", "rejected", "mended", "causes"],
  ...["spentNanos", "spending", "writtenOffNanos", "inputTokens", "outputTokens"],
  ...["workerMs", "checkpointNo"],
];

export function request(ctx: Context) {
  return readShards(ctx, SHARD_FIELDS);
}

export function response(ctx: Context) {
  const nowMs = util.time.nowEpochMilliSeconds();
  // A query returns all causes and spending of a checkpoint, not only what fits in a report.
  return shardRows(ctx).map((row) => ({
    ...toShardProgress(row, nowMs),
    causes: row.causes ?? [],
    spending: row.spending ?? [],
  }));
}
