import type { Context } from "@aws-appsync/utils";
import { callLater } from "../shared/lambda.ts";

export function request(ctx: Context) {
  const { templateId, latestVersion } = ctx.stash.head;
  return callLater({ templateId, latestVersion });
}

/** The template is gone all the same; what its versions' rows cost is all that a lost call can lose. */
export function response(ctx: Context) {
  if (ctx.error) console.error({ purge: ctx.stash.head.templateId, error: ctx.error });
  return null;
}
