import type { Context } from "@aws-appsync/utils";
import type { MutationConfirmSeedSetArgs } from "./generated/schema.ts";
import { checkId } from "./shared/errors.ts";
import { toSeedSet } from "./shared/seedSets.ts";

/** startCheck → checkSeeds */
export function request(ctx: Context<MutationConfirmSeedSetArgs>) {
  checkId(ctx.args.id, "seed set");
  return {};
}

export function response(ctx: Context) {
  return toSeedSet(ctx.stash.seedSet);
}
