import { runtime, type Context } from "@aws-appsync/utils";
import type { CheckedJob, JobToCheck } from "../lambda/checkJob.lambda.ts";
import type { MutationCreateJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { responseData, invoke } from "../shared/lambda.ts";

export function request(ctx: Context<MutationCreateJobArgs>) {
  if (ctx.stash.existingJobId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const payload: JobToCheck = { owner: callerOf(ctx), input: ctx.args.input };
  return invoke(payload);
}

export function response(ctx: Context) {
  return responseData<CheckedJob>(ctx);
}
