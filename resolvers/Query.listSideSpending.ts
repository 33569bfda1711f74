import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { sideSpendingKey } from "../core/keys.ts";
import type { SideSpendingRow } from "../core/money/metered-run-row.ts";
import type { QueryListSideSpendingArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { pageLimit, pageRows } from "./shared/page.ts";

export function request(ctx: Context<QueryListSideSpendingArgs>) {
  return query({
    query: { pk: { eq: sideSpendingKey(callerOf(ctx), "").pk } },
    scanIndexForward: false,
    limit: pageLimit(ctx.args),
    nextToken: ctx.args.nextToken,
  });
}

export function response(ctx: Context) {
  const rows = pageRows<SideSpendingRow>(ctx);
  const items = rows.map(({ sk, triesNanos, seedsNanos }) => ({
    day: sk.slice("DAY#".length),
    triesNanos,
    seedsNanos,
  }));
  return { items, nextToken: ctx.result.nextToken };
}
