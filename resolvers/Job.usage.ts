import type { Context } from "@aws-appsync/utils";
import type { ShardRow } from "../core/shard/shard-row.ts";
import type { JobUsage } from "./generated/schema.ts";
import { readShards, shardRows } from "./shared/shards.ts";

/** AppSync lets a handler go through a thousand things: a hundred shards with as many runs stay below that. */
const MAX_RUNS = 6;

export function request(ctx: Context) {
  return readShards(ctx, ["workerMs", "partRanges", "checkpointNo"]);
}

export function response(ctx: Context): JobUsage {
  const rows = shardRows(ctx);
  return {
    // Shards made before it was kept have none.
    workerMs: rows.reduce((sum, row) => sum + (row.workerMs ?? 0), 0),
    parts: rows.reduce((sum, row) => sum + partsOf(row), 0),
  };
}

/** Of a shard with very many runs, and of one whose parts were folded, the checkpoints are counted: nearly all wrote a part. */
function partsOf({ partRanges, checkpointNo }: ShardRow): number {
  if (partRanges.length > MAX_RUNS || partRanges.some(({ compacted }) => compacted)) return checkpointNo;
  return partRanges.reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
}
