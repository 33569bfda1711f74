import type { Context } from "@aws-appsync/utils";
import type { QueryRenderTemplateArgs } from "./generated/schema.ts";
import type { Rendering, TemplateToRender } from "./lambda/renderTemplate.lambda.ts";
import { callerOf } from "./shared/caller.ts";
import { responseData, invoke } from "./shared/lambda.ts";

export function request(ctx: Context<QueryRenderTemplateArgs>) {
  const payload: TemplateToRender = { owner: callerOf(ctx), input: ctx.args.input };
  return invoke(payload);
}

export function response(ctx: Context) {
  return responseData<Rendering>(ctx);
}
