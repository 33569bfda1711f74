import { runtime, type Context } from "@aws-appsync/utils";
import type { CheckedGeneration, GenerationToCheck } from "../lambda/checkGeneration.lambda.ts";
import type { MutationGenerateSeedsArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { responseData, invoke } from "../shared/lambda.ts";

export function request(ctx: Context<MutationGenerateSeedsArgs>) {
  if (ctx.stash.existingId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const payload: GenerationToCheck = { owner: callerOf(ctx), input: ctx.args.input };
  return invoke(payload);
}

export function response(ctx: Context) {
  return responseData<CheckedGeneration>(ctx);
}
