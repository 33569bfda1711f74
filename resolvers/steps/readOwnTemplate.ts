import { runtime, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { SAMPLES, templateHeadKey, type TemplateHeadRow } from "../../core/rows.ts";
import type { MutationSaveTemplateArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, refuseInput, refuseUnknown } from "../shared/refuse.ts";

/** The head that is to get a new version; null for a new template. */
export function request(ctx: Context<MutationSaveTemplateArgs>) {
  if (!ctx.args.input.id) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return get({ key: templateHeadKey(ctx.stash.templateId), consistentRead: true });
}

export function response(ctx: Context): TemplateHeadRow {
  if (ctx.error) fail(ctx);
  const head: TemplateHeadRow | null = ctx.result;
  if (head && head.owner === SAMPLES)
    refuseInput("A sample cannot be changed; save it as a template of your own, without an id.");
  if (!head || head.owner !== callerOf(ctx)) refuseUnknown("template");
  return head;
}
