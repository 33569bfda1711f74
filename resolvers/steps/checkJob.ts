import { runtime, type Context } from "@aws-appsync/utils";
import type { CheckedJob, JobToCheck } from "../lambda/checkJob.lambda.ts";
import type { MutationCreateJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { answerOf, call } from "../shared/lambda.ts";

export function request(ctx: Context<MutationCreateJobArgs>) {
  if (ctx.stash.existingJobId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const payload: JobToCheck = { owner: callerOf(ctx), input: ctx.args.input };
  return call(payload);
}

export function response(ctx: Context) {
  return answerOf<CheckedJob>(ctx);
}
