import { util, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { templateVersionKey } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, throwNotFound } from "../shared/errors.ts";
import { latestFor, mayReadVersion, noVersion } from "../shared/templateAccess.ts";

/** The version asked for, else the latest that the caller may read, of the template whose head is in the stash. */
export function request(ctx: Context<{ id: string; version?: number | null }>) {
  const head: TemplateHeadRow = ctx.stash.head;
  const me = callerOf(ctx);
  const version = ctx.args.version ?? latestFor(head, me);
  if (!mayReadVersion(head, me, version)) util.error(noVersion(head, me, version), "NotFound");
  return get({ key: templateVersionKey(ctx.args.id, version), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  // Versions are removed after the head, so this one was deleted since.
  if (!ctx.result) throwNotFound("template");
  ctx.stash.version = ctx.result;
  return null;
}
