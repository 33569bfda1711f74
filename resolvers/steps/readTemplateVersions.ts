import { util, type Context } from "@aws-appsync/utils";
import { batchGet } from "@aws-appsync/utils/dynamodb";
import { templateVersionKey } from "../../core/keys.ts";
import type { TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";
import type { QueryListTemplateVersionsArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { pageLimit, throwBadToken } from "../shared/page.ts";
import { throwInternal } from "../shared/errors.ts";
import { hasFullAccess, latestFor } from "../shared/templateAccess.ts";
import { templatesTable } from "../shared/tables.ts";

/** A version's row may have 400 KB, a batch 16 MB. */
const MAX_PAGE_SIZE = 40;
const STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Versions have no gaps, so their numbers are known before reading. A page's token is its last version. */
export function request(ctx: Context<QueryListTemplateVersionsArgs>) {
  const head: TemplateHeadRow = ctx.stash.head;
  const limit = pageLimit(ctx.args, MAX_PAGE_SIZE);
  const below = ctx.args.nextToken ? tokenOf(ctx.args.nextToken) : latestFor(head, callerOf(ctx)) + 1;
  const rest = hasFullAccess(head, callerOf(ctx)) ? downFrom(below) : publishedBelow(head, below);
  const page = rest.slice(0, limit);
  if (page.length === 0) throwBadToken();
  ctx.stash.nextToken = rest.length > limit ? `${page[page.length - 1]}` : null;
  const keys = page.map((version) => templateVersionKey(head.templateId, version));
  const projection = ["pk", "sk", "version", "name", "createdAt"];
  return batchGet({ tables: { [templatesTable(ctx)]: { keys, consistentRead: true, projection } } });
}

export function response(ctx: Context) {
  if (ctx.error || ctx.result.unprocessedKeys[templatesTable(ctx)]?.length > 0) throwInternal(ctx);
  const rows: (TemplateVersionRow | null)[] = ctx.result.data[templatesTable(ctx)];
  ctx.stash.versions = rows.filter((row) => row !== null);
  return null;
}

function tokenOf(token: string): number {
  if (!util.matches("^[1-9][0-9]{0,6}$", token)) throwBadToken();
  return JSON.parse(token);
}

/** A page and one more. (APPSYNC_JS has no loops that count.) */
function downFrom(below: number): number[] {
  const down = STEPS.flatMap((ten) => STEPS.map((one) => below - 1 - ten * 10 - one));
  return down.filter((version, n) => version >= 1 && n <= MAX_PAGE_SIZE);
}

/** They were published in ascending order. */
function publishedBelow(head: TemplateHeadRow, below: number): number[] {
  const descending = [...(head.publishedVersions ?? [])].reverse();
  return descending.filter((version) => version < below);
}
