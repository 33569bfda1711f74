import type { Context } from "@aws-appsync/utils";
import type { QueryGetTemplateArgs } from "./generated/schema.ts";
import { checkId } from "./shared/refuse.ts";
import { toTemplate } from "./shared/templates.ts";

export function request(ctx: Context<QueryGetTemplateArgs>) {
  checkId(ctx.args.id, "template");
  return {};
}

export function response(ctx: Context) {
  return toTemplate(ctx.stash.head, ctx.prev.result);
}
