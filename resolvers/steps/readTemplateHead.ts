import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { SAMPLES, templateHeadKey, type TemplateHeadRow } from "../../core/rows.ts";
import type { QueryGetTemplateArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, refuseUnknown } from "../shared/refuse.ts";

/** The template's head, if it is the caller's or a sample. */
export function request(ctx: Context<QueryGetTemplateArgs>) {
  return get({ key: templateHeadKey(ctx.args.id), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  const head: TemplateHeadRow | null = ctx.result;
  if (!head || (head.owner !== callerOf(ctx) && head.owner !== SAMPLES)) refuseUnknown("template");
  ctx.stash.head = head;
  return head;
}
