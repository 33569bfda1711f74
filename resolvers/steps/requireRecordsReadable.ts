import { runtime, type Context } from "@aws-appsync/utils";
import type { ArchiveStatus } from "../../core/dataset/archive.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { readArchiveStatus } from "../shared/archive.ts";
import { responseData } from "../shared/lambda.ts";
import { throwConflict } from "../shared/errors.ts";

/** The statuses in which a job waits for its owner to resume it. */
const WAITING = ["PAUSED", "COMPLETED", "BUDGET_EXCEEDED", "FAILED"];

/** A job at rest whose records were compacted into its dataset can resume only if they can be read: its next dataset needs them. */
export function request(ctx: Context) {
  const job: JobRow = ctx.stash.job;
  if (!job.isCompacted || WAITING.indexOf(job.status) < 0) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return readArchiveStatus(job);
}

export function response(ctx: Context) {
  const { state } = responseData<ArchiveStatus>(ctx);
  if (state === "ARCHIVED")
    throwConflict("This job's records are archived with its dataset; restore the dataset first, then resume the job.");
  if (state === "RESTORING")
    throwConflict("This job's records are being restored from the archive; resume the job once they are available.");
  return null;
}
