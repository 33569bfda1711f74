import { util, type Context } from "@aws-appsync/utils";
import { toJobChange } from "./shared/jobs.ts";

/** writeReport → keepLatest → readReportedJob */
export function request() {
  return {};
}

export function response(ctx: Context) {
  const { shard, report } = ctx.stash;
  return toJobChange(ctx.prev.result, shard ?? null, report ?? null, util.time.nowEpochMilliSeconds());
}
