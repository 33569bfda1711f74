import type { Context } from "@aws-appsync/utils";
import { readShards, shardRows } from "./shared/shards.ts";

export function request(ctx: Context) {
  return readShards(ctx, ["causes"]);
}

/** All that the checkpoints hold, where `progress` tells as many as fit a report. Not added up, as `spending` is not. */
export function response(ctx: Context) {
  // Shards made before causes were counted have none.
  return shardRows(ctx).flatMap((row) => row.causes ?? []);
}
