import type { Context } from "@aws-appsync/utils";
import { operations, update } from "@aws-appsync/utils/dynamodb";
import { jobKey, ownerStatus } from "../../core/keys.ts";
import type { MutationPauseJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { finishUpdate, skipIfWritten } from "../shared/control.ts";
import { PAUSABLE } from "../shared/transitions.ts";

export function request(ctx: Context<MutationPauseJobArgs>) {
  skipIfWritten(ctx);
  const owner = callerOf(ctx);
  return update({
    key: jobKey(ctx.args.id),
    condition: { owner: { eq: owner }, status: { in: PAUSABLE } },
    update: {
      status: "PAUSED",
      ownerStatus: ownerStatus(owner, "PAUSED"),
      queueKey: operations.remove(),
      controlNo: operations.increment(1),
    },
  });
}

export function response(ctx: Context) {
  finishUpdate(ctx, "queued or running can be paused");
  return null;
}
