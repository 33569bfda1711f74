import type { Context } from "@aws-appsync/utils";
import type { JobRow } from "../../core/job/job-row.ts";
import type { CheckedExtension, ExtensionToCheck } from "../lambda/checkExtension.lambda.ts";
import type { MutationExtendJobArgs } from "../generated/schema.ts";
import { responseData, invoke } from "../shared/lambda.ts";
import { EXTENDABLE } from "../shared/transitions.ts";
import { throwConflict } from "../shared/errors.ts";

export function request(ctx: Context<MutationExtendJobArgs>) {
  const { status, recordCount, shardCount }: JobRow = ctx.stash.job;
  if (EXTENDABLE.indexOf(status) < 0) throwNotAllowed(status);
  const payload: ExtensionToCheck = { recordCount, shardCount, wanted: ctx.args.recordCount };
  return invoke(payload);
}

export function response(ctx: Context) {
  ctx.stash.extension = responseData<CheckedExtension>(ctx);
  return null;
}

function throwNotAllowed(status: string): never {
  if (status === "EXPORTING")
    return throwConflict("This job is EXPORTING; wait until its dataset is written, then add records.");
  if (status === "FAILED") return throwConflict("This job is FAILED; retry the failed records, then add more.");
  return throwConflict(
    `This job is ${status}; only a job that is queued, running, paused, completed or at its budget can be extended.`,
  );
}
