import type { Context } from "@aws-appsync/utils";
import type { MutationDeleteSeedSetArgs } from "./generated/schema.ts";
import { checkId } from "./shared/errors.ts";
import { toSeedSet } from "./shared/seedSets.ts";

/** findJobOfSeedSet → removeSeedSet → purgeSeeds */
export function request(ctx: Context<MutationDeleteSeedSetArgs>) {
  checkId(ctx.args.id, "seed set");
  return {};
}

export function response(ctx: Context) {
  return toSeedSet(ctx.stash.seedSet);
}
