import type { Context } from "@aws-appsync/utils";
import { callLater } from "../shared/lambda.ts";
import { fail } from "../shared/errors.ts";

export function request(ctx: Context) {
  return callLater({ seedSetId: ctx.stash.seedSet.seedSetId });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  return null;
}
