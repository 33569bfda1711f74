import { util, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { templateVersionKey } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwNotFound } from "../shared/errors.ts";
import {
  latestFor,
  mayReadVersion,
  namedTemplate,
  versionNotFound,
  type NamesTemplate,
} from "../shared/templateAccess.ts";

/** The requested version of the template whose head is stashed, or the latest that the caller may read. */
export function request(ctx: Context<NamesTemplate>) {
  const head: TemplateHeadRow = ctx.stash.head;
  const me = callerOf(ctx);
  const named = namedTemplate(ctx.args);
  const version = named.version ?? latestFor(head, me);
  if (!mayReadVersion(head, me, version)) util.error(versionNotFound(head, me, version), "NotFound");
  return get({ key: templateVersionKey(named.id, version), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  // Versions are removed after the head, so the template has been deleted since.
  if (!ctx.result) throwNotFound("template");
  ctx.stash.version = ctx.result;
  return null;
}
