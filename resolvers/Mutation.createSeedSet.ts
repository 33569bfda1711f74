import { util, type Context } from "@aws-appsync/utils";
import { toSeedSet } from "./shared/seedSets.ts";

/** presignUpload → writeSeedSet: the function also checks the input, and forms that nobody receives do no harm. */
export function request(ctx: Context) {
  ctx.stash.seedSetId = util.autoUlid();
  return {};
}

export function response(ctx: Context) {
  return { seedSet: toSeedSet(ctx.stash.seedSet), uploads: ctx.stash.uploads };
}
