import type { Context } from "@aws-appsync/utils";
import { invokeAsync } from "../shared/lambda.ts";
import { throwInternal } from "../shared/errors.ts";

/** A repeated request starts it again: the function executes a test run only once. */
export function request(ctx: Context) {
  return invokeAsync({ testRunId: ctx.stash.testRun.testRunId });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  return null;
}
