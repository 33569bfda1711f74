import type { Context } from "@aws-appsync/utils";
import { readShards, shardRows } from "./shared/shards.ts";

export function request(ctx: Context) {
  return readShards(ctx, ["causes"]);
}

/** Everything in the checkpoints, while `progress` has only what fits in a report. Not summed, like `spending`. */
export function response(ctx: Context) {
  // Shards created before causes were counted have none.
  return shardRows(ctx).flatMap((row) => row.causes ?? []);
}
