import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { tryKey } from "../core/keys.ts";
import type { MutationReportTryArgs } from "./generated/schema.ts";
import { fail, refuseUnknown } from "./shared/refuse.ts";
import { toTry } from "./shared/tries.ts";

/** What is told, and to whom, comes from the row alone. */
export function request(ctx: Context<MutationReportTryArgs>) {
  return get({ key: tryKey(ctx.args.input.id), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  if (!ctx.result) refuseUnknown("try");
  return toTry(ctx.result);
}
