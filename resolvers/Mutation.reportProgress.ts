import { util, type Context } from "@aws-appsync/utils";
import { toJobChange } from "./shared/jobs.ts";

/** writeReport → readReportedJob */
export function request() {
  return {};
}

export function response(ctx: Context) {
  return toJobChange(ctx.prev.result, ctx.stash.shard ?? null, util.time.nowEpochMilliSeconds());
}
