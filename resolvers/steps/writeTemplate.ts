import { util, type Context } from "@aws-appsync/utils";
import { templateHeadKey, templateVersionKey, type TemplateHeadRow, type TemplateVersionRow } from "../../core/rows.ts";
import type { MutationSaveTemplateArgs } from "../generated/schema.ts";
import type { CheckedTemplate } from "../lambda/checkTemplate.lambda.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, refuseConflict } from "../shared/refuse.ts";
import { templatesTable } from "../shared/tables.ts";
import { collided, putIf, putNew, refusedAt } from "../shared/transaction.ts";

/** The next version and the head that points to it, together; versions are never overwritten. */
export function request(ctx: Context<MutationSaveTemplateArgs>) {
  const before: TemplateHeadRow | null = ctx.prev.result;
  const owner = callerOf(ctx);
  const now = util.time.nowISO8601();
  const latest = before ? before.latestVersion : 0;
  ctx.stash.head = headRow(ctx.stash.templateId, owner, latest + 1, ctx.stash.checked, now);
  ctx.stash.version = versionRow(
    ctx.stash.templateId,
    owner,
    latest + 1,
    ctx.stash.checked,
    ctx.args.input.source,
    now,
  );
  const stillLatest = {
    expression: "#owner = :me AND #latest = :latest",
    names: { "#owner": "owner", "#latest": "latestVersion" },
    values: { ":me": owner, ":latest": latest },
  };
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      before ? putIf(templatesTable(ctx), ctx.stash.head, stillLatest) : putNew(templatesTable(ctx), ctx.stash.head),
      putNew(templatesTable(ctx), ctx.stash.version),
    ],
  };
}

export function response(ctx: Context) {
  if (!ctx.error) return null;
  const reasons = ctx.result?.cancellationReasons;
  if (refusedAt(reasons, 0) || refusedAt(reasons, 1) || collided(reasons))
    refuseConflict("The template got another version at the same moment; look at it, then save again.");
  return fail(ctx);
}

function headRow(
  templateId: string,
  owner: string,
  version: number,
  checked: CheckedTemplate,
  now: string,
): TemplateHeadRow {
  return {
    ...templateHeadKey(templateId),
    templateId,
    owner,
    listKey: templateId,
    ...checked.titles,
    latestVersion: version,
    updatedAt: now,
  };
}

function versionRow(
  templateId: string,
  owner: string,
  version: number,
  checked: CheckedTemplate,
  source: string,
  now: string,
): TemplateVersionRow {
  return {
    ...templateVersionKey(templateId, version),
    templateId,
    owner,
    version,
    ...checked.titles,
    source,
    ...checked.facts,
    createdAt: now,
  };
}
