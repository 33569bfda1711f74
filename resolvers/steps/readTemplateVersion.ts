import { util, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { templateVersionKey, type TemplateHeadRow } from "../../core/rows.ts";
import type { QueryGetTemplateArgs } from "../generated/schema.ts";
import { fail } from "../shared/refuse.ts";

export function request(ctx: Context<QueryGetTemplateArgs>) {
  const head: TemplateHeadRow = ctx.stash.head;
  return get({ key: templateVersionKey(ctx.args.id, ctx.args.version ?? head.latestVersion) });
}

export function response(ctx: Context<QueryGetTemplateArgs>) {
  if (ctx.error) fail(ctx);
  const head: TemplateHeadRow = ctx.stash.head;
  if (!ctx.result)
    util.error(
      `The template "${head.name}" has no version ${ctx.args.version}; it has 1 to ${head.latestVersion}.`,
      "NotFound",
    );
  return ctx.result;
}
