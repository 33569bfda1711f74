import type { Context } from "@aws-appsync/utils";
import { templateHeadKey } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { isUnchanged, throwIfChanged, removeListings } from "../shared/sharing.ts";
import { templatesTable } from "../shared/tables.ts";
import { updateIf } from "../shared/transaction.ts";

/** Removes the template from every list and hides all versions from everyone but the owner, together. */
export function request(ctx: Context) {
  const head: TemplateHeadRow = ctx.stash.head;
  ctx.stash.head = { ...head, publishedAt: undefined, publishedVersions: undefined, listings: undefined };
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      updateIf(
        templatesTable(ctx),
        templateHeadKey(head.templateId),
        {
          expression: "REMOVE #publishedAt, #publishedVersions, #listings",
          names: { "#publishedVersions": "publishedVersions", "#listings": "listings" },
          values: {},
        },
        isUnchanged(ctx, head),
      ),
      ...removeListings(ctx, head, head.listings ?? []),
    ],
  };
}

export function response(ctx: Context) {
  throwIfChanged(ctx);
  return null;
}
