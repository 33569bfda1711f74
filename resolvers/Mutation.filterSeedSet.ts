import { util, type Context } from "@aws-appsync/utils";
import { seedSetNameProblem } from "../core/seeds/seed-set-name.ts";
import type { MutationFilterSeedSetArgs } from "./generated/schema.ts";
import { checkId, throwBadInput } from "./shared/errors.ts";
import { toSeedSet } from "./shared/seedSets.ts";

/** readReadableSeedSet → readTemplateHead → readTemplateVersion → writeFilteredSeedSet → checkSeeds */
export function request(ctx: Context<MutationFilterSeedSetArgs>) {
  const { name, templateId } = ctx.args;
  const nameProblem = seedSetNameProblem(name);
  if (nameProblem !== undefined) throwBadInput(nameProblem);
  checkId(templateId, "template");
  ctx.stash.seedSetId = util.autoUlid();
  return {};
}

export function response(ctx: Context) {
  return toSeedSet(ctx.stash.seedSet);
}
