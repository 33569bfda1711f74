import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { testRunKey } from "../../core/keys.ts";
import type { SubscriptionOnTestRunChangedArgs } from "../generated/schema.ts";
import { ownTestRun } from "../shared/testRuns.ts";

export function request(ctx: Context<SubscriptionOnTestRunChangedArgs>) {
  return get({ key: testRunKey(ctx.args.id), consistentRead: true });
}

export function response(ctx: Context) {
  ownTestRun(ctx);
  return null;
}
