import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { SEED_SETS_BY_OWNER } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { QueryListSeedSetsArgs } from "../generated/schema.ts";
import { pageLimit, pageRows } from "./page.ts";
import { toSeedSet } from "./seedSets.ts";

/** A page of an owner's seed sets, sorted by the list's key. */
export function listOf(ctx: Context<QueryListSeedSetsArgs>, owner: string, newestFirst: boolean) {
  return query({
    index: SEED_SETS_BY_OWNER,
    query: { owner: { eq: owner } },
    scanIndexForward: !newestFirst,
    limit: pageLimit(ctx.args),
    nextToken: ctx.args.nextToken,
  });
}

export function pageOf(ctx: Context) {
  const rows = pageRows<SeedSetRow>(ctx);
  return { items: rows.map((row) => toSeedSet(row)), nextToken: ctx.result.nextToken };
}
