import { runtime, type Context } from "@aws-appsync/utils";
import type { CheckedTestRun, TestRunToCheck } from "../lambda/checkTestRun.lambda.ts";
import type { MutationStartTestRunArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { answerOf, call } from "../shared/lambda.ts";

export function request(ctx: Context<MutationStartTestRunArgs>) {
  if (ctx.stash.earlierId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const payload: TestRunToCheck = { owner: callerOf(ctx), input: ctx.args.input };
  return call(payload);
}

export function response(ctx: Context) {
  return answerOf<CheckedTestRun>(ctx);
}
