import { util, type Context } from "@aws-appsync/utils";
import type { MutationSaveTemplateArgs } from "./generated/schema.ts";
import { checkId } from "./shared/refuse.ts";
import { toTemplate } from "./shared/templates.ts";

/** checkTemplate → readOwnTemplate → writeTemplate */
export function request(ctx: Context<MutationSaveTemplateArgs>) {
  const { id } = ctx.args.input;
  if (id) checkId(id, "template");
  ctx.stash.templateId = id ?? util.autoUlid();
  return {};
}

export function response(ctx: Context) {
  return toTemplate(ctx.stash.head, ctx.stash.version);
}
