import { util, type Context } from "@aws-appsync/utils";
import type { MutationSaveTemplateArgs } from "./generated/schema.ts";
import type { TemplateToSave } from "./lambda/saveTemplate.lambda.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId } from "./shared/errors.ts";
import { toTemplate } from "./shared/templates.ts";

export function request(ctx: Context<MutationSaveTemplateArgs>) {
  const { id, source, basedOnVersion } = ctx.args.input;
  if (id) checkId(id, "template");
  const owner = callerOf(ctx);
  const toSave: TemplateToSave = id
    ? { kind: "next", owner, id, source, basedOnVersion: basedOnVersion ?? null }
    : { kind: "new", owner, newId: util.autoUlid(), source };
  ctx.stash.toSave = toSave;
  return {};
}

export function response(ctx: Context) {
  const { head, version } = ctx.prev.result;
  return toTemplate(head, version, callerOf(ctx));
}
