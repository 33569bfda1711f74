import { util, type Context } from "@aws-appsync/utils";
import type { MutationGenerateSeedsArgs } from "./generated/schema.ts";
import { toSeedSet } from "./shared/seedSets.ts";

/**
 * readAdHocToken → checkGeneration → writeGeneratedSeedSet → readExistingSeedSet → startGeneration. When the client token has
 * already created a seed set, checking and writing are skipped and that one is returned.
 */
export function request(ctx: Context<MutationGenerateSeedsArgs>) {
  const { clientToken, name, source, templateId, itemCount, instructions, model, budgetNanos } = ctx.args.input;
  ctx.stash.resourceId = util.autoUlid();
  ctx.stash.clientToken = clientToken;
  // The whole input in a fixed order: the same token with different input is an error.
  ctx.stash.inputDigest = JSON.stringify([
    name,
    source,
    templateId ?? null,
    itemCount,
    instructions ?? null,
    model ?? null,
    budgetNanos,
    "seeds",
  ]);
  return {};
}

export function response(ctx: Context) {
  return toSeedSet(ctx.stash.seedSet);
}
