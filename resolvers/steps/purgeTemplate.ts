import type { Context } from "@aws-appsync/utils";
import { invokeAsync } from "../shared/lambda.ts";

export function request(ctx: Context) {
  const { templateId, latestVersion } = ctx.stash.head;
  return invokeAsync({ templateId, latestVersion });
}

/** The template is gone either way; a lost call only leaves rows that cost storage. */
export function response(ctx: Context) {
  if (ctx.error) console.error({ purge: ctx.stash.head.templateId, error: ctx.error });
  return null;
}
