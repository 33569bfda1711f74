import { util, type Context } from "@aws-appsync/utils";
import type { MutationFilterSeedSetArgs } from "./generated/schema.ts";
import { checkId, throwBadInput } from "./shared/errors.ts";
import { toSeedSet } from "./shared/seedSets.ts";

/** readReadableSeedSet → readTemplateHead → readTemplateVersion → writeFilteredSeedSet → checkSeeds */
export function request(ctx: Context<MutationFilterSeedSetArgs>) {
  const { name, templateId } = ctx.args;
  if (name.trim().length < 1 || name.length > 100)
    throwBadInput(`The seed set's name must have 1 to 100 characters; this one has ${name.trim().length}.`);
  checkId(templateId, "template");
  ctx.stash.seedSetId = util.autoUlid();
  return {};
}

export function response(ctx: Context) {
  return toSeedSet(ctx.stash.seedSet);
}
