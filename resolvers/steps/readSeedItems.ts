import type { Context } from "@aws-appsync/utils";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { QueryListSeedItemsArgs, SeedItemPage } from "../generated/schema.ts";
import type { ItemsToRead } from "../lambda/readSeedItems.lambda.ts";
import { answerOf, call } from "../shared/lambda.ts";

export function request(ctx: Context<QueryListSeedItemsArgs>) {
  const { owner, seedSetId, name }: SeedSetRow = ctx.prev.result;
  const payload: ItemsToRead = { owner, seedSetId, name, wish: ctx.args };
  return call(payload);
}

export function response(ctx: Context) {
  return answerOf<SeedItemPage>(ctx);
}
