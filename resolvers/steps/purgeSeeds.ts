import type { Context } from "@aws-appsync/utils";
import { invokeAsync } from "../shared/lambda.ts";

export function request(ctx: Context) {
  const { owner, seedSetId } = ctx.stash.seedSet;
  return invokeAsync({ owner, seedSetId });
}

/** The seed set is gone either way; a lost call only leaves objects that cost storage. */
export function response(ctx: Context) {
  if (ctx.error) console.error({ purge: ctx.stash.seedSet.seedSetId, error: ctx.error });
  return null;
}
