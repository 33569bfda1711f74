import type { Context } from "@aws-appsync/utils";
import { operations, update } from "@aws-appsync/utils/dynamodb";
import { seedSetKey } from "../../core/keys.ts";
import type { MutationConfirmSeedSetArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { movedSeedSet } from "../shared/seedSets.ts";

/** Confirming again while the check runs starts it again: a check that was lost must not hold the seed set for good. */
const CONFIRMABLE = ["UPLOADING", "CHECKING", "REFUSED"];

export function request(ctx: Context<MutationConfirmSeedSetArgs>) {
  return update({
    key: seedSetKey(ctx.args.id),
    condition: { owner: { eq: callerOf(ctx) }, status: { in: CONFIRMABLE }, generation: { attributeExists: false } },
    update: { status: "CHECKING", statusReason: operations.remove() },
  });
}

export function response(ctx: Context) {
  ctx.stash.seedSet = movedSeedSet(ctx, "uploading or refused can be confirmed");
  return null;
}
