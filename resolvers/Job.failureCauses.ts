import type { Context } from "@aws-appsync/utils";
import { readShards, shardRows } from "./shared/shards.ts";

export function request(ctx: Context) {
  return readShards(ctx, ["causes"]);
}

/** Not summed: shards × causes may exceed the iterations that AppSync allows a handler. */
export function response(ctx: Context) {
  // Shards created before causes were counted have none.
  return shardRows(ctx).flatMap((row) => row.causes ?? []);
}
