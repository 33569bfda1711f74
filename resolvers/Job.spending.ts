import type { Context } from "@aws-appsync/utils";
import { readShards, shardRows } from "./shared/shards.ts";

export function request(ctx: Context) {
  return readShards(ctx, ["spending"]);
}

/** Not added up: shards, steps, models and days together may be more than AppSync lets a handler go through. */
export function response(ctx: Context) {
  // Shards made before spending was kept have none.
  return shardRows(ctx).flatMap((row) => row.spending ?? []);
}
