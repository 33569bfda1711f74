import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { SAMPLES, templateHeadKey } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwBadInput, throwNotFound } from "../shared/errors.ts";
import { SAMPLE_IS_READ_ONLY } from "../shared/templateAccess.ts";

/** The head of a template that the caller may change. */
export function request(ctx: Context<{ id: string }>) {
  return get({ key: templateHeadKey(ctx.args.id), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  const head: TemplateHeadRow | null = ctx.result;
  if (head && head.owner === SAMPLES) throwBadInput(SAMPLE_IS_READ_ONLY);
  if (!head || head.owner !== callerOf(ctx)) throwNotFound("template");
  ctx.stash.head = head;
  return null;
}
