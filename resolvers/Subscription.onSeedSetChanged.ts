import { extensions, util, type Context } from "@aws-appsync/utils";
import { callerOf } from "./shared/caller.ts";

export function request() {
  return { payload: null };
}

export function response(ctx: Context) {
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ owner: { eq: callerOf(ctx) } }));
  return null;
}
