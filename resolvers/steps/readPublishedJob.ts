import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { jobKey } from "../../core/keys.ts";
import { ownJob } from "../shared/jobs.ts";
import { throwConflict } from "../shared/errors.ts";

/** Stashes the caller's job. @throws Conflict when it has no dataset */
export function request(ctx: Context<{ jobId: string }>) {
  return get({ key: jobKey(ctx.args.jobId), consistentRead: true });
}

export function response(ctx: Context) {
  const job = ownJob(ctx);
  if (!job.datasetPrefix) throwConflict("This job has no dataset yet; try again once it has ended.");
  ctx.stash.job = job;
  return null;
}
