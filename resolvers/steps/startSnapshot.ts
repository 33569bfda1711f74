import type { Context } from "@aws-appsync/utils";
import type { JobRow } from "../../core/job/job-row.ts";
import { invokeAsync } from "../shared/lambda.ts";
import { throwInternal } from "../shared/errors.ts";

export function request(ctx: Context) {
  const { jobId, snapshot }: JobRow = ctx.stash.job;
  return invokeAsync({ jobId, snapshotId: snapshot?.snapshotId });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  return null;
}
