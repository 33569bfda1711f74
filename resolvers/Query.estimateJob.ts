import type { Context } from "@aws-appsync/utils";
import type { JobEstimate, QueryEstimateJobArgs } from "./generated/schema.ts";
import type { JobToEstimate } from "./lambda/estimateJob.lambda.ts";
import { callerOf } from "./shared/caller.ts";
import { responseData, invoke } from "./shared/lambda.ts";

export function request(ctx: Context<QueryEstimateJobArgs>) {
  const payload: JobToEstimate = { owner: callerOf(ctx), input: ctx.args.input };
  return invoke(payload);
}

export function response(ctx: Context) {
  return responseData<JobEstimate>(ctx);
}
