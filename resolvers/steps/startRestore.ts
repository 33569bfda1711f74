import type { Context } from "@aws-appsync/utils";
import { invokeAsync } from "../shared/lambda.ts";
import { throwInternal } from "../shared/errors.ts";

/** Asynchronous: a dataset may have thousands of files, and requesting them takes longer than people wait. */
export function request(ctx: Context) {
  return invokeAsync({ jobId: ctx.stash.job.jobId });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  return ctx.prev.result;
}
