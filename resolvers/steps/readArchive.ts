import { runtime, util, type Context } from "@aws-appsync/utils";
import { DAYS_BEFORE_ARCHIVE, NOTHING_ARCHIVED, type Whereabouts } from "../../core/archive.ts";
import type { JobRow } from "../../core/rows.ts";
import { answerOf, call } from "../shared/lambda.ts";

const DAY_MS = 86_400_000;

/** A dataset too young for the archive needs no look at it. Its files may be a day older than the end of its job. */
export function request(ctx: Context) {
  const job: JobRow = ctx.stash.job;
  const endedMs = util.time.parseISO8601ToEpochMilliSeconds(job.finishedAt ?? job.createdAt);
  const ageMs = util.time.nowEpochMilliSeconds() - endedMs;
  if (ageMs < (DAYS_BEFORE_ARCHIVE - 1) * DAY_MS) runtime.earlyReturn(NOTHING_ARCHIVED, { skipTo: "NEXT" });
  return call({ prefix: job.datasetPrefix });
}

export function response(ctx: Context) {
  return answerOf<Whereabouts>(ctx);
}
