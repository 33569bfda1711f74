import type { Context } from "@aws-appsync/utils";
import type { ShardRow } from "../core/shard/shard-row.ts";
import type { JobUsage } from "./generated/schema.ts";
import { readShards, shardRows } from "./shared/shards.ts";

/** AppSync allows a handler 1,000 iterations: 100 shards with this many ranges stay below that. */
const MAX_RANGES = 6;

export function request(ctx: Context) {
  return readShards(ctx, ["workerMs", "partRanges", "checkpointNo"]);
}

export function response(ctx: Context): JobUsage {
  const rows = shardRows(ctx);
  return {
    // Shards created before it was recorded have none.
    workerMs: rows.reduce((sum, row) => sum + (row.workerMs ?? 0), 0),
    parts: rows.reduce((sum, row) => sum + partsOf(row), 0),
  };
}

/** Counts the checkpoints of shards with many ranges or compacted parts: nearly all of them wrote a part. */
function partsOf({ partRanges, checkpointNo }: ShardRow): number {
  if (partRanges.length > MAX_RANGES || partRanges.some(({ compacted }) => compacted)) return checkpointNo;
  return partRanges.reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
}
