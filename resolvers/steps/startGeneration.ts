import type { Context } from "@aws-appsync/utils";
import { callLater } from "../shared/lambda.ts";
import { fail } from "../shared/errors.ts";

/** Started again by a repeated request: the function works at a seed set once. */
export function request(ctx: Context) {
  return callLater({ seedSetId: ctx.stash.seedSet.seedSetId });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  return null;
}
