import type { Context } from "@aws-appsync/utils";
import { responseData, invoke } from "../shared/lambda.ts";

export function request(ctx: Context) {
  return invoke(ctx.prev.result);
}

export function response(ctx: Context) {
  return responseData(ctx);
}
