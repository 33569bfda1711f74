import type { Context } from "@aws-appsync/utils";
import { invokeAsync } from "../shared/lambda.ts";

/** Notifies the dispatcher that the job in the stash was created or changed. */
export function request(ctx: Context) {
  return invokeAsync({ kind: "job", jobId: ctx.stash.job.jobId });
}

/** The write holds even if this call is lost: the dispatcher also sweeps once a minute. */
export function response(ctx: Context) {
  if (ctx.error) console.error({ dispatch: ctx.stash.job.jobId, error: ctx.error });
  return null;
}
