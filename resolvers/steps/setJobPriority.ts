import type { Context } from "@aws-appsync/utils";
import { update } from "@aws-appsync/utils/dynamodb";
import { jobKey } from "../../core/keys.ts";
import type { MutationSetJobPriorityArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { finishUpdate, skipIfWritten } from "../shared/control.ts";
import { PRIORITIZABLE } from "../shared/transitions.ts";

/** Affects future tasks only: no running task is stopped for it. */
export function request(ctx: Context<MutationSetJobPriorityArgs>) {
  skipIfWritten(ctx);
  return update({
    key: jobKey(ctx.args.id),
    condition: { owner: { eq: callerOf(ctx) }, status: { in: PRIORITIZABLE } },
    update: { priority: ctx.args.priority },
  });
}

export function response(ctx: Context) {
  finishUpdate(ctx, "queued, running, paused or exporting can be given another priority");
  return null;
}
