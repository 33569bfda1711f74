import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { templateHeadKey } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwNotFound } from "../shared/errors.ts";
import { latestFor, namedTemplate, type NamesTemplate } from "../shared/templateAccess.ts";

/** The template's head, if the caller may read any version. */
export function request(ctx: Context<NamesTemplate>) {
  return get({ key: templateHeadKey(namedTemplate(ctx.args).id), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  const head: TemplateHeadRow | null = ctx.result;
  if (!head || latestFor(head, callerOf(ctx)) === 0) throwNotFound("template");
  ctx.stash.head = head;
  return null;
}
