import type { Context } from "@aws-appsync/utils";
import { callLater } from "../shared/lambda.ts";

export function request(ctx: Context) {
  const { owner, seedSetId } = ctx.stash.seedSet;
  return callLater({ owner, seedSetId });
}

/** The seed set is gone all the same; what its objects cost is all that a lost call can lose. */
export function response(ctx: Context) {
  if (ctx.error) console.error({ purge: ctx.stash.seedSet.seedSetId, error: ctx.error });
  return null;
}
