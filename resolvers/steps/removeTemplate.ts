import type { Context } from "@aws-appsync/utils";
import { templateHeadKey } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";
import { isUnchanged, throwIfChanged, removeListings } from "../shared/sharing.ts";
import { templatesTable } from "../shared/tables.ts";
import { removeIf } from "../shared/transaction.ts";

/** Removes the head with its listings: nothing reads a version whose head is gone. */
export function request(ctx: Context) {
  const head: TemplateHeadRow = ctx.stash.head;
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      removeIf(templatesTable(ctx), templateHeadKey(head.templateId), isUnchanged(ctx, head)),
      ...removeListings(ctx, head, head.listings ?? []),
    ],
  };
}

export function response(ctx: Context) {
  throwIfChanged(ctx);
  return null;
}
