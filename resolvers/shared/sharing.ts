/** The writes that change where a template is listed: each requires that head and listings are still as they were read. */
import type { Context } from "@aws-appsync/utils";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { callerOf } from "./caller.ts";
import { keyOfListing } from "./listings.ts";
import { throwInternal, throwConflict } from "./errors.ts";
import { templatesTable } from "./tables.ts";
import { hasTransactionConflict, conditionFailedAt, remove, type Expression } from "./transaction.ts";

/** The head's position in such a transaction. */
const HEAD = 0;

/**
 * Every publication that changes the listings adds a version or starts over, and every save increments `latestVersion`.
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

/** Removes a template from lists that it is in. */
export function removeListings(ctx: Context, { templateId, publishedAt }: TemplateHeadRow, listings: string[]) {
  return listings.map((listing) => remove(templatesTable(ctx), keyOfListing(listing, publishedAt ?? "", templateId)));
}

export function throwIfChanged(ctx: Context): void {
  if (!ctx.error) return;
  const reasons = ctx.result?.cancellationReasons;
  if (conditionFailedAt(reasons, HEAD) || hasTransactionConflict(reasons))
    throwConflict("The template changed at the same time; review it, then try again.");
  throwInternal(ctx);
}
