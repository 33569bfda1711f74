import { util, type Context } from "@aws-appsync/utils";
import { latestKey } from "../core/keys.ts";
import type { LatestRow } from "../core/shard/shard-row.ts";
import { readShards, shardRows, toShardProgress } from "./shared/shards.ts";
import { jobsTable } from "./shared/tables.ts";

/** What progress needs, without the lists of parts and columns; of the row of latest records, `latest`. */
const FIELDS = [
  ...["jobId", "shardNo", "state", "fromSlot", "toSlot", "generation", "leaseUntilMs", "report"],
  ...["delivered", "failed", "rejected", "mended", "causes"],
  ...["spentNanos", "spending", "writtenOffNanos", "inputTokens", "outputTokens"],
  ...["workerMs", "checkpointNo", "latest"],
];

export function request(ctx: Context) {
  return readShards(ctx, FIELDS, [latestKey(ctx.source.id)]);
}

export function response(ctx: Context) {
  const nowMs = util.time.nowEpochMilliSeconds();
  const shards = shardRows(ctx);
  const kept: LatestRow | null = ctx.result.data[jobsTable(ctx)].find((row: LatestRow | null) => row?.sk === "LATEST");
  // A query returns all causes and spending of a checkpoint, not only what fits in a report.
  return shards.map((row) => ({
    ...toShardProgress(row, null, nowMs),
    causes: row.causes ?? [],
    latest: kept && kept.shardNo === row.shardNo ? kept.latest : [],
  }));
}
