import { util, type Context } from "@aws-appsync/utils";
import { readShards, shardRows, toShardProgress } from "./shared/shards.ts";

/** What progress is made of; the list of parts and the columns stay where they are. */
const FACTS = [
  ...["jobId", "shardNo", "state", "fromSlot", "toSlot", "generation", "leaseUntilMs", "report"],
  ...["delivered", "failed", "rejected", "causes", "spentNanos", "writtenOffNanos", "inputTokens", "outputTokens"],
];

export function request(ctx: Context) {
  return readShards(ctx, FACTS);
}

export function response(ctx: Context) {
  const nowMs = util.time.nowEpochMilliSeconds();
  // Whoever asks hears of all causes that a checkpoint counts, whatever fitted into a report.
  return shardRows(ctx).map((row) => ({ ...toShardProgress(row, nowMs), causes: row.causes ?? [] }));
}
