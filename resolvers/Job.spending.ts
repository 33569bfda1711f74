import type { Context } from "@aws-appsync/utils";
import { readShards, shardRows } from "./shared/shards.ts";

export function request(ctx: Context) {
  return readShards(ctx, ["spending"]);
}

/** Not summed: shards × steps × models × days may exceed the iterations that AppSync allows a handler. */
export function response(ctx: Context) {
  // Shards created before spending was recorded have none.
  return shardRows(ctx).flatMap((row) => row.spending ?? []);
}
