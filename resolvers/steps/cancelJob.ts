import type { Context } from "@aws-appsync/utils";
import { operations, update } from "@aws-appsync/utils/dynamodb";
import { jobKey, OPEN, ownerStatus } from "../../core/keys.ts";
import type { MutationCancelJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { moved, skipIfWritten } from "../shared/control.ts";
import { CANCELLABLE } from "../shared/transitions.ts";

/** What was made so far is exported; the job is CANCELLED once that is published. */
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
      openKey: OPEN,
      controlNo: operations.increment(1),
    },
  });
}

export function response(ctx: Context) {
  moved(ctx, "queued, running or paused can be cancelled");
  return null;
}
