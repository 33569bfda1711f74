import type { Context } from "@aws-appsync/utils";
import { callLater } from "../shared/lambda.ts";
import { fail } from "../shared/errors.ts";

/** A dataset may have thousands of files: asking for them takes longer than a person waits. */
export function request(ctx: Context) {
  return callLater({ jobId: ctx.stash.job.jobId });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  return ctx.prev.result;
}
