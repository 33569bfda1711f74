import type { Context } from "@aws-appsync/utils";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { QueryListSeedItemsArgs, SeedItemPage } from "../generated/schema.ts";
import type { ItemsToRead } from "../lambda/readSeedItems.lambda.ts";
import { responseData, invoke } from "../shared/lambda.ts";

export function request(ctx: Context<QueryListSeedItemsArgs>) {
  const { owner, seedSetId, name }: SeedSetRow = ctx.prev.result;
  const payload: ItemsToRead = { owner, seedSetId, name, args: ctx.args };
  return invoke(payload);
}

export function response(ctx: Context) {
  return responseData<SeedItemPage>(ctx);
}
