import type { Context } from "@aws-appsync/utils";
import type { QueryGetTemplateArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId } from "./shared/errors.ts";
import { toTemplate } from "./shared/templates.ts";

/** readTemplateHead → readTemplateVersion → readTemplateOrigin */
export function request(ctx: Context<QueryGetTemplateArgs>) {
  checkId(ctx.args.id, "template");
  return {};
}

export function response(ctx: Context) {
  return toTemplate(ctx.stash.head, ctx.stash.version, callerOf(ctx));
}
