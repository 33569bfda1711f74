import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { tryKey } from "../../core/keys.ts";
import type { SubscriptionOnTryChangedArgs } from "../generated/schema.ts";
import { ownTry } from "../shared/tries.ts";

export function request(ctx: Context<SubscriptionOnTryChangedArgs>) {
  return get({ key: tryKey(ctx.args.id), consistentRead: true });
}

export function response(ctx: Context) {
  ownTry(ctx);
  return null;
}
