import type { Context } from "@aws-appsync/utils";
import type { TemplateRows } from "../lambda/templateRows.ts";
import { answerOf, call } from "../shared/lambda.ts";

/** Hands over what the field's own file has put together: a new template, a next version, an older one, a fork. */
export function request(ctx: Context) {
  return call(ctx.stash.toSave);
}

export function response(ctx: Context) {
  return answerOf<TemplateRows>(ctx);
}
