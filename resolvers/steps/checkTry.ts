import { runtime, type Context } from "@aws-appsync/utils";
import type { CheckedTry, TryToCheck } from "../lambda/checkTry.lambda.ts";
import type { MutationTryTemplateArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { answerOf, call } from "../shared/lambda.ts";

export function request(ctx: Context<MutationTryTemplateArgs>) {
  if (ctx.stash.earlierId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const payload: TryToCheck = { owner: callerOf(ctx), input: ctx.args.input };
  return call(payload);
}

export function response(ctx: Context) {
  return answerOf<CheckedTry>(ctx);
}
