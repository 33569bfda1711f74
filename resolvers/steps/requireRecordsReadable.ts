import { runtime, type Context } from "@aws-appsync/utils";
import type { ArchiveStatus } from "../../core/dataset/archive.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { lookIntoArchive } from "../shared/archive.ts";
import { answerOf } from "../shared/lambda.ts";
import { throwConflict } from "../shared/errors.ts";

/** Where a job waits for its owner to let it go on. */
const WAITING = ["PAUSED", "COMPLETED", "BUDGET_EXCEEDED", "FAILED"];

/** A job at rest whose records were folded into its dataset can go on only if they can be read: its next dataset is made of them. */
export function request(ctx: Context) {
  const job: JobRow = ctx.stash.job;
  if (!job.isCompacted || WAITING.indexOf(job.status) < 0) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return lookIntoArchive(job);
}

export function response(ctx: Context) {
  const { state } = answerOf<ArchiveStatus>(ctx);
  if (state === "ARCHIVED")
    throwConflict(
      "The records of this job are archived with its dataset; restore the dataset first, then go on with the job.",
    );
  if (state === "RESTORING")
    throwConflict(
      "The records of this job are being restored from the archive; go on with the job once they are back.",
    );
  return null;
}
