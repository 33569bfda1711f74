import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { adHocSpendingKey } from "../core/keys.ts";
import type { AdHocSpendingRow } from "../core/money/ad-hoc-rows.ts";
import type { QueryListAdHocSpendingArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { pageLimit, pageRows } from "./shared/page.ts";

export function request(ctx: Context<QueryListAdHocSpendingArgs>) {
  return query({
    query: { pk: { eq: adHocSpendingKey(callerOf(ctx), "").pk } },
    scanIndexForward: false,
    limit: pageLimit(ctx.args),
    nextToken: ctx.args.nextToken,
  });
}

export function response(ctx: Context) {
  const rows = pageRows<AdHocSpendingRow>(ctx);
  const items = rows.map(({ sk, testRunsNanos, generatedSeedsNanos }) => ({
    day: sk.slice("DAY#".length),
    testRunsNanos,
    generatedSeedsNanos,
  }));
  return { items, nextToken: ctx.result.nextToken };
}
