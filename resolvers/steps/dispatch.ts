import type { Context } from "@aws-appsync/utils";
import { callLater } from "../shared/lambda.ts";

/** Tells the dispatcher that the job in the stash was made or changed. */
export function request(ctx: Context) {
  return callLater({ kind: "job", jobId: ctx.stash.job.jobId });
}

/** What was written holds even if this call is lost: the dispatcher also looks once a minute. */
export function response(ctx: Context) {
  if (ctx.error) console.error({ dispatch: ctx.stash.job.jobId, error: ctx.error });
  return null;
}
