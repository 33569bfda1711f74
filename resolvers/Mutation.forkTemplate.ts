import { util, type Context } from "@aws-appsync/utils";
import type { MutationForkTemplateArgs } from "./generated/schema.ts";
import type { TemplateToSave } from "./lambda/saveTemplate.lambda.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId } from "./shared/errors.ts";
import { toTemplate } from "./shared/templates.ts";

export function request(ctx: Context<MutationForkTemplateArgs>) {
  checkId(ctx.args.id, "template");
  const { id, version } = ctx.args;
  const newId = util.autoUlid();
  const toSave: TemplateToSave = { kind: "fork", owner: callerOf(ctx), newId, id, version: version ?? null };
  ctx.stash.toSave = toSave;
  return {};
}

export function response(ctx: Context) {
  const { head, version } = ctx.prev.result;
  return toTemplate(head, version, callerOf(ctx));
}
