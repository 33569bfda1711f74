import type { Context } from "@aws-appsync/utils";
import { update } from "@aws-appsync/utils/dynamodb";
import { jobKey, queueOrder } from "../../core/keys.ts";
import type { MutationSetJobPriorityArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { finishUpdate, skipIfWritten } from "../shared/control.ts";
import { PRIORITIZABLE } from "../shared/transitions.ts";

/** Affects future tasks only: no running task is stopped for it. */
export function request(ctx: Context<MutationSetJobPriorityArgs>) {
  skipIfWritten(ctx);
  const { id, priority } = ctx.args;
  return update({
    key: jobKey(id),
    condition: { owner: { eq: callerOf(ctx) }, status: { in: PRIORITIZABLE } },
    update: { priority, queueOrder: queueOrder(priority, id) },
  });
}

export function response(ctx: Context) {
  finishUpdate(ctx, "queued, running, paused or exporting can be given another priority");
  return null;
}
