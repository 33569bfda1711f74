import type { Context } from "@aws-appsync/utils";
import type { TemplateVersionRow } from "../core/template/template-rows.ts";
import type { QueryListTemplateVersionsArgs } from "./generated/schema.ts";
import { checkId } from "./shared/errors.ts";

/** readTemplateHead → readTemplateVersions */
export function request(ctx: Context<QueryListTemplateVersionsArgs>) {
  checkId(ctx.args.id, "template");
  return {};
}

export function response(ctx: Context) {
  const rows: TemplateVersionRow[] = ctx.stash.versions;
  const published: number[] = ctx.stash.head.publishedVersions ?? [];
  return {
    items: rows.map((row) => ({
      version: row.version,
      name: row.name,
      isPublished: published.indexOf(row.version) >= 0,
      createdAt: row.createdAt,
    })),
    nextToken: ctx.stash.nextToken,
  };
}
