import { runtime, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { jobKey } from "../../core/keys.ts";
import type { SubscriptionOnJobChangedArgs } from "../generated/schema.ts";
import { ownJob } from "../shared/jobs.ts";

export function request(ctx: Context<SubscriptionOnJobChangedArgs>) {
  const { jobId } = ctx.args;
  if (!jobId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return get({ key: jobKey(jobId), consistentRead: true });
}

export function response(ctx: Context) {
  ownJob(ctx);
  return null;
}
