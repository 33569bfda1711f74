import type { Context } from "@aws-appsync/utils";
import { operations, update } from "@aws-appsync/utils/dynamodb";
import { jobKey, NEW_JOBS, ownerStatus } from "../../core/keys.ts";
import type { MutationCancelJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { finishUpdate, skipIfWritten } from "../shared/control.ts";
import { CANCELLABLE } from "../shared/transitions.ts";

/** The records generated so far are exported; the job is CANCELLED once they are published. */
export function request(ctx: Context<MutationCancelJobArgs>) {
  skipIfWritten(ctx);
  const owner = callerOf(ctx);
  return update({
    key: jobKey(ctx.args.id),
    condition: { owner: { eq: owner }, status: { in: CANCELLABLE } },
    update: {
      status: "EXPORTING",
      outcome: "CANCELLED",
      statusReason: operations.remove(),
      ownerStatus: ownerStatus(owner, "EXPORTING"),
      queueKey: NEW_JOBS,
      controlNo: operations.increment(1),
    },
  });
}

export function response(ctx: Context) {
  finishUpdate(ctx, "queued, running or paused can be canceled");
  return null;
}
