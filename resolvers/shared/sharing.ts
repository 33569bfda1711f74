/** The writes that change where a template is found: each demands that head and listings are still what was read. */
import type { Context } from "@aws-appsync/utils";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { callerOf } from "./caller.ts";
import { keyOfListing } from "./listings.ts";
import { fail, throwConflict } from "./errors.ts";
import { templatesTable } from "./tables.ts";
import { hasTransactionConflict, conditionFailedAt, remove, type Expression } from "./transaction.ts";

/** The head's place in such a transaction. */
const HEAD = 0;

/**
 * Every publication that changes the listings adds a version or begins anew, and every save adds one to `latestVersion`.
 */
export function isUnchanged(ctx: Context, head: TemplateHeadRow): Expression {
  const { publishedAt, publishedVersions } = head;
  const common = {
    names: { "#owner": "owner", "#latest": "latestVersion", "#publishedAt": "publishedAt" },
    values: { ":me": callerOf(ctx), ":latest": head.latestVersion },
  };
  if (!publishedAt)
    return { ...common, expression: "#owner = :me AND #latest = :latest AND attribute_not_exists(#publishedAt)" };
  return {
    expression: "#owner = :me AND #latest = :latest AND #publishedAt = :since AND size(#publishedVersions) = :count",
    names: { ...common.names, "#publishedVersions": "publishedVersions" },
    values: { ...common.values, ":since": publishedAt, ":count": (publishedVersions ?? []).length },
  };
}

/** Takes a template out of lists in which it stands. */
export function removeListings(ctx: Context, { templateId, publishedAt }: TemplateHeadRow, listings: string[]) {
  return listings.map((listing) => remove(templatesTable(ctx), keyOfListing(listing, publishedAt ?? "", templateId)));
}

export function throwIfChanged(ctx: Context): void {
  if (!ctx.error) return;
  const reasons = ctx.result?.cancellationReasons;
  if (conditionFailedAt(reasons, HEAD) || hasTransactionConflict(reasons))
    throwConflict("The template was changed at the same moment; look at it again, then decide.");
  fail(ctx);
}
