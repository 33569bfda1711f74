import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { TEMPLATES_BY_OWNER } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import type { QueryListTemplatesArgs } from "../generated/schema.ts";
import { callerOf } from "./caller.ts";
import { pageLimit, pageRows } from "./page.ts";
import { toTemplateSummary } from "./templates.ts";

/** A page of an owner's templates, sorted by the list's key. */
export function listOf(ctx: Context<QueryListTemplatesArgs>, owner: string, newestFirst: boolean) {
  return query({
    index: TEMPLATES_BY_OWNER,
    query: { owner: { eq: owner } },
    scanIndexForward: !newestFirst,
    limit: pageLimit(ctx.args),
    nextToken: ctx.args.nextToken,
  });
}

export function pageOf(ctx: Context) {
  const rows = pageRows<TemplateHeadRow>(ctx);
  return { items: rows.map((row) => toTemplateSummary(row, callerOf(ctx))), nextToken: ctx.result.nextToken };
}
