import { runtime, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { jobKey } from "../../core/keys.ts";
import { ownJob } from "../shared/jobs.ts";

export function request(ctx: Context) {
  if (!ctx.stash.existingJobId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return get({ key: jobKey(ctx.stash.existingJobId), consistentRead: true });
}

export function response(ctx: Context) {
  ctx.stash.job = ownJob(ctx);
  return null;
}
