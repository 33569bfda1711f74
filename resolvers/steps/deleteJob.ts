import type { Context } from "@aws-appsync/utils";
import { operations, update } from "@aws-appsync/utils/dynamodb";
import { jobKey, LEFTOVERS, ownerStatus, queueOrder } from "../../core/keys.ts";
import type { MutationDeleteJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { finishUpdate, skipIfWritten } from "../shared/control.ts";
import { DELETABLE } from "../shared/transitions.ts";

/** The dispatcher's sweep finds it by `queueKey` and removes its rows and objects. */
export function request(ctx: Context<MutationDeleteJobArgs>) {
  skipIfWritten(ctx);
  const owner = callerOf(ctx);
  const { id } = ctx.args;
  return update({
    key: jobKey(id),
    condition: { owner: { eq: owner }, status: { in: DELETABLE } },
    update: {
      status: "DELETING",
      ownerStatus: ownerStatus(owner, "DELETING"),
      queueKey: LEFTOVERS,
      queueOrder: queueOrder(undefined, id),
      controlNo: operations.increment(1),
    },
  });
}

export function response(ctx: Context) {
  finishUpdate(ctx, "completed, canceled, failed or at its budget can be deleted; cancel it first");
  return null;
}
