import { runtime, util, type Context } from "@aws-appsync/utils";
import { operations, update } from "@aws-appsync/utils/dynamodb";
import type { ArchiveStatus } from "../../core/dataset/archive.ts";
import { jobKey } from "../../core/keys.ts";
import type { ArchiveRow, JobRow } from "../../core/job/job-row.ts";
import { callerOf } from "../shared/caller.ts";
import { finishUpdate, skipIfWritten } from "../shared/control.ts";

/** Stores the restore request in the job. Only an archived dataset needs one: any other is available or being restored. */
export function request(ctx: Context) {
  skipIfWritten(ctx);
  const job: JobRow = ctx.stash.job;
  const found: ArchiveStatus = ctx.prev.result;
  if (found.state !== "ARCHIVED" || !job.datasetPrefix || !found.archiveClass)
    runtime.earlyReturn(found, { skipTo: "END" });
  const now = util.time.nowISO8601();
  const archive: ArchiveRow = {
    prefix: job.datasetPrefix,
    state: "RESTORING",
    archiveClass: found.archiveClass,
    requestedAt: now,
    observedAt: now,
  };
  return update({
    key: jobKey(job.jobId),
    condition: {
      owner: { eq: callerOf(ctx) },
      datasetPrefix: { eq: job.datasetPrefix },
      status: { ne: "DELETING" },
    },
    update: { archive: operations.replace(archive) },
  });
}

export function response(ctx: Context) {
  finishUpdate(ctx, "not being deleted or exported again can have its dataset restored");
  return ctx.prev.result;
}
