import type { Context } from "@aws-appsync/utils";
import type { TokenRow } from "../../core/job/job-row.ts";
import { throwConflict } from "./errors.ts";

/** Stashes the id of the job that this client token created before. @throws Conflict when the input differs */
export function acceptJobReplay(ctx: Context, token: TokenRow): void {
  if (token.inputDigest !== ctx.stash.inputDigest)
    throwConflict("This client token started a job with different input; use a new token for each new job.");
  ctx.stash.existingJobId = token.jobId;
}
