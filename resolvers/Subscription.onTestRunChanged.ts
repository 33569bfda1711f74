import { extensions, util, type Context } from "@aws-appsync/utils";
import type { SubscriptionOnTestRunChangedArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId } from "./shared/errors.ts";

/** readWatchedTestRun */
export function request(ctx: Context<SubscriptionOnTestRunChangedArgs>) {
  checkId(ctx.args.id, "test run");
  return {};
}

/** This filter replaces the one derived from the arguments: subscribers only receive what is theirs. */
export function response(ctx: Context<SubscriptionOnTestRunChangedArgs>) {
  const mine = { owner: { eq: callerOf(ctx) }, id: { eq: ctx.args.id } };
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter(mine));
  return null;
}
