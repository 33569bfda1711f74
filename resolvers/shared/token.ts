import type { Context } from "@aws-appsync/utils";
import type { TokenRow } from "../../core/job/job-row.ts";
import { throwConflict } from "./errors.ts";

/** Notes the job that the client token has made before; another input under the same token is refused. */
export function acceptJobReplay(ctx: Context, token: TokenRow): void {
  if (token.inputDigest !== ctx.stash.inputDigest)
    throwConflict("This client token has started a job with another input; use a new token for each job meant.");
  ctx.stash.existingJobId = token.jobId;
}
