import { util, type Context } from "@aws-appsync/utils";
import { templateHeadKey } from "../../core/keys.ts";
import type { TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";
import { listingRow, listingsOf } from "../shared/listings.ts";
import { isUnchanged, throwIfChanged, removeListings } from "../shared/sharing.ts";
import { templatesTable } from "../shared/tables.ts";
import { put, updateIf } from "../shared/transaction.ts";

/** Writes the head and all listings together, and removes listings that only an earlier version had. */
export function request(ctx: Context) {
  const head: TemplateHeadRow = ctx.stash.head;
  const version: TemplateVersionRow = ctx.stash.version;
  const publishedAt = head.publishedAt ?? util.time.nowISO8601();
  const before = head.publishedVersions ?? [];
  const publishedVersions = before.indexOf(version.version) >= 0 ? before : [...before, version.version];
  const listings = listingsOf(version);
  const staleListings = (head.listings ?? []).filter((listing) => listings.indexOf(listing) < 0);
  ctx.stash.head = { ...head, publishedAt, publishedVersions, listings };
  const table = templatesTable(ctx);
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      updateIf(
        table,
        templateHeadKey(head.templateId),
        {
          expression: "SET #publishedAt = :publishedAt, #publishedVersions = :publishedVersions, #listings = :listings",
          names: { "#publishedVersions": "publishedVersions", "#listings": "listings" },
          values: { ":publishedAt": publishedAt, ":publishedVersions": publishedVersions, ":listings": listings },
        },
        isUnchanged(ctx, head),
      ),
      ...listings.map((listing) => put(table, listingRow(listing, head, version, publishedAt))),
      ...removeListings(ctx, head, staleListings),
    ],
  };
}

export function response(ctx: Context) {
  throwIfChanged(ctx);
  return null;
}
