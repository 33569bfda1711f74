import type { Context } from "@aws-appsync/utils";
import type { JobRow } from "../../core/job/job-row.ts";
import { callLater } from "../shared/lambda.ts";
import { fail } from "../shared/errors.ts";

export function request(ctx: Context) {
  const { jobId, snapshot }: JobRow = ctx.stash.job;
  return callLater({ jobId, snapshotId: snapshot?.snapshotId });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  return null;
}
