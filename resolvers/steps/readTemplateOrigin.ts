import { runtime, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { templateHeadKey } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal } from "../shared/errors.ts";
import { mayReadVersion } from "../shared/templateAccess.ts";

/** Reveals the origin of someone else's fork only to those who may read the origin too. */
export function request(ctx: Context) {
  const head: TemplateHeadRow = ctx.stash.head;
  if (!head.forkedFrom || head.owner === callerOf(ctx)) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return get({ key: templateHeadKey(head.forkedFrom.id), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  const head: TemplateHeadRow = ctx.stash.head;
  const origin: TemplateHeadRow | null = ctx.result;
  const isOpen = origin && mayReadVersion(origin, callerOf(ctx), head.forkedFrom?.version ?? 0);
  if (!isOpen) ctx.stash.head = { ...head, forkedFrom: undefined };
  return null;
}
