import { runtime, type Context } from "@aws-appsync/utils";
import type { CheckedTestRun, TestRunToCheck } from "../lambda/checkTestRun.lambda.ts";
import type { MutationStartTestRunArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { responseData, invoke } from "../shared/lambda.ts";

export function request(ctx: Context<MutationStartTestRunArgs>) {
  if (ctx.stash.existingId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const payload: TestRunToCheck = { owner: callerOf(ctx), input: ctx.args.input };
  return invoke(payload);
}

export function response(ctx: Context) {
  return responseData<CheckedTestRun>(ctx);
}
