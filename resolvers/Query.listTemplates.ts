import type { Context } from "@aws-appsync/utils";
import { callerOf } from "./shared/caller.ts";
import { listOf, pageOf } from "./shared/templateList.ts";

export function request(ctx: Context) {
  return listOf(ctx, callerOf(ctx), true);
}

export function response(ctx: Context) {
  return pageOf(ctx);
}
