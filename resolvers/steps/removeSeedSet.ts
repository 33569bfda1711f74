import type { Context } from "@aws-appsync/utils";
import { remove } from "@aws-appsync/utils/dynamodb";
import { seedSetKey } from "../../core/keys.ts";
import type { MutationDeleteSeedSetArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwNotFound } from "../shared/errors.ts";

export function request(ctx: Context<MutationDeleteSeedSetArgs>) {
  return remove({ key: seedSetKey(ctx.args.id), condition: { owner: { eq: callerOf(ctx) } } });
}

export function response(ctx: Context) {
  if (ctx.error && ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") throwInternal(ctx);
  // AppSync counts deleting a missing item as a success, and returns nothing.
  if (ctx.error || !ctx.result) throwNotFound("seed set");
  ctx.stash.seedSet = ctx.result;
  return null;
}
