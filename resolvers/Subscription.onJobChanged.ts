import { extensions, util, type Context } from "@aws-appsync/utils";
import type { SubscriptionOnJobChangedArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId } from "./shared/errors.ts";

export function request(ctx: Context<SubscriptionOnJobChangedArgs>) {
  if (ctx.args.jobId) checkId(ctx.args.jobId, "job");
  return {};
}

/** This filter replaces the one derived from the arguments: subscribers only receive what is theirs. */
export function response(ctx: Context<SubscriptionOnJobChangedArgs>) {
  const { jobId } = ctx.args;
  const mine = { owner: { eq: callerOf(ctx) } };
  extensions.setSubscriptionFilter(
    util.transform.toSubscriptionFilter(jobId ? { ...mine, jobId: { eq: jobId } } : mine),
  );
  return null;
}
