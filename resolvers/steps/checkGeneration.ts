import { runtime, type Context } from "@aws-appsync/utils";
import type { CheckedGeneration, GenerationToCheck } from "../lambda/checkGeneration.lambda.ts";
import type { MutationGenerateSeedsArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { answerOf, call } from "../shared/lambda.ts";

export function request(ctx: Context<MutationGenerateSeedsArgs>) {
  if (ctx.stash.earlierId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const payload: GenerationToCheck = { owner: callerOf(ctx), input: ctx.args.input };
  return call(payload);
}

export function response(ctx: Context) {
  return answerOf<CheckedGeneration>(ctx);
}
