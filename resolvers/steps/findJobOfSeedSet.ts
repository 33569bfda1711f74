import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { JOBS_BY_OWNER } from "../../core/keys.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import type { MutationDeleteSeedSetArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, throwConflict } from "../shared/errors.ts";

/** Jobs that draw seeds, or will when they are resumed. */
const DRAWING = ["QUEUED", "RUNNING", "PAUSED", "EXPORTING", "BUDGET_EXCEEDED"];

/**
 * Spares people from pulling the seeds from under a job of theirs, as far as one page of their newest jobs tells. A job
 * that is missed fails with a sentence and keeps what it has made.
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
  if (ctx.error) fail(ctx);
  const jobs: JobRow[] = ctx.result.items;
  if (jobs.length > 0)
    throwConflict(`The job "${jobs[0]?.name}" still needs this seed set; cancel or delete the job first.`);
  return null;
}
