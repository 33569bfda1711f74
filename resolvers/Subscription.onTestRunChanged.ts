import { extensions, util, type Context } from "@aws-appsync/utils";
import type { SubscriptionOnTestRunChangedArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId } from "./shared/errors.ts";

/** readWatchedTestRun */
export function request(ctx: Context<SubscriptionOnTestRunChangedArgs>) {
  checkId(ctx.args.id, "try");
  return {};
}

/** This filter takes the place of the arguments' own: whatever is asked for, it is the caller's. */
export function response(ctx: Context<SubscriptionOnTestRunChangedArgs>) {
  const mine = { owner: { eq: callerOf(ctx) }, id: { eq: ctx.args.id } };
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter(mine));
  return null;
}
