import type { Context } from "@aws-appsync/utils";
import { answerOf, call } from "../shared/lambda.ts";

export function request(ctx: Context) {
  return call(ctx.prev.result);
}

export function response(ctx: Context) {
  return answerOf(ctx);
}
