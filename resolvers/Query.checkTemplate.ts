import type { Context } from "@aws-appsync/utils";
import type { QueryCheckTemplateArgs } from "./generated/schema.ts";
import type { CheckedTemplate, TemplateToCheck } from "./lambda/checkTemplate.lambda.ts";
import { callerOf } from "./shared/caller.ts";
import { responseData, invoke } from "./shared/lambda.ts";
import { isId } from "./shared/errors.ts";
import { toTemplateAnalysis } from "./shared/templates.ts";

export function request(ctx: Context<QueryCheckTemplateArgs>) {
  const { source, id } = ctx.args;
  const payload: TemplateToCheck = { owner: callerOf(ctx), source, id: id && isId(id) ? id : null };
  return invoke(payload);
}

export function response(ctx: Context) {
  const { problems, analysis, includes } = responseData<CheckedTemplate>(ctx);
  return { problems, analysis: analysis ? toTemplateAnalysis(analysis, includes) : null };
}
