import type { Context } from "@aws-appsync/utils";
import { operations, update } from "@aws-appsync/utils/dynamodb";
import { seedSetKey } from "../../core/keys.ts";
import type { MutationConfirmSeedSetArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { updatedSeedSet } from "../shared/seedSets.ts";

/** Confirming during a check restarts it: a lost check must not block the seed set permanently. */
const CONFIRMABLE = ["UPLOADING", "CHECKING", "REFUSED"];

export function request(ctx: Context<MutationConfirmSeedSetArgs>) {
  return update({
    key: seedSetKey(ctx.args.id),
    condition: { owner: { eq: callerOf(ctx) }, status: { in: CONFIRMABLE }, generation: { attributeExists: false } },
    update: { status: "CHECKING", statusReason: operations.remove() },
  });
}

export function response(ctx: Context) {
  ctx.stash.seedSet = updatedSeedSet(ctx, "uploading or refused can be confirmed");
  return null;
}
