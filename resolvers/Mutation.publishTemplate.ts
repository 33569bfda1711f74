import type { Context } from "@aws-appsync/utils";
import type { MutationPublishTemplateArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId } from "./shared/errors.ts";
import { toTemplateSummary } from "./shared/templates.ts";

/** readOwnTemplate → readTemplateVersion → readIncludedHeads → publishTemplate */
export function request(ctx: Context<MutationPublishTemplateArgs>) {
  checkId(ctx.args.id, "template");
  return {};
}

export function response(ctx: Context) {
  return toTemplateSummary(ctx.stash.head, callerOf(ctx));
}
