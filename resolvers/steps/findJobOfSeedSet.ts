import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { JOBS_BY_OWNER } from "../../core/keys.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import type { MutationDeleteSeedSetArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwConflict } from "../shared/errors.ts";

/** The statuses of jobs that draw seeds, or will when they are resumed. */
const DRAWING = ["QUEUED", "RUNNING", "PAUSED", "EXPORTING", "BUDGET_EXCEEDED"];

/**
 * Keeps people from deleting the seeds of one of their own jobs, as far as one page of their newest jobs shows. A job that is
 * missed fails with a message and keeps its records.
 */
export function request(ctx: Context<MutationDeleteSeedSetArgs>) {
  return query({
    index: JOBS_BY_OWNER,
    query: { owner: { eq: callerOf(ctx) } },
    filter: { seedSetId: { eq: ctx.args.id }, status: { in: DRAWING } },
    scanIndexForward: false,
    limit: 1_000,
  });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  const jobs: JobRow[] = ctx.result.items;
  if (jobs.length > 0)
    throwConflict(`The job "${jobs[0]?.name}" still needs this seed set; cancel or delete the job first.`);
  return null;
}
