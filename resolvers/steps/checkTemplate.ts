import type { Context } from "@aws-appsync/utils";
import type { MutationSaveTemplateArgs } from "../generated/schema.ts";
import type { CheckedTemplate } from "../lambda/checkTemplate.lambda.ts";
import { answerOf, call } from "../shared/lambda.ts";

export function request(ctx: Context<MutationSaveTemplateArgs>) {
  return call({ source: ctx.args.input.source });
}

export function response(ctx: Context) {
  ctx.stash.checked = answerOf<CheckedTemplate>(ctx);
  return null;
}
