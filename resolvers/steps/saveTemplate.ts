import type { Context } from "@aws-appsync/utils";
import type { TemplateRows } from "../lambda/templateRows.ts";
import { responseData, invoke } from "../shared/lambda.ts";

/** Passes on the request that the field's own file has built: a new template, a next version, a restored one or a fork. */
export function request(ctx: Context) {
  return invoke(ctx.stash.toSave);
}

export function response(ctx: Context) {
  return responseData<TemplateRows>(ctx);
}
