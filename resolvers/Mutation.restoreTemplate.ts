import type { Context } from "@aws-appsync/utils";
import type { MutationRestoreTemplateArgs } from "./generated/schema.ts";
import type { TemplateToSave } from "./lambda/saveTemplate.lambda.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId } from "./shared/errors.ts";
import { toTemplate } from "./shared/templates.ts";

export function request(ctx: Context<MutationRestoreTemplateArgs>) {
  checkId(ctx.args.id, "template");
  const { id, version } = ctx.args;
  const toSave: TemplateToSave = { kind: "restore", owner: callerOf(ctx), id, version };
  ctx.stash.toSave = toSave;
  return {};
}

export function response(ctx: Context) {
  const { head, version } = ctx.prev.result;
  return toTemplate(head, version, callerOf(ctx));
}
