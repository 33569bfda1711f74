import { util, type Context } from "@aws-appsync/utils";
import type { MutationStartTestRunArgs } from "./generated/schema.ts";
import { toTestRun } from "./shared/testRuns.ts";

/**
 * readAdHocToken → checkTestRun → writeTestRun → readExistingTestRun → startTestRun. When the client token has already created
 * a test run, checking and writing are skipped and that one is returned.
 */
export function request(ctx: Context<MutationStartTestRunArgs>) {
  const { clientToken, source, templateId, seedSetId, parameters, recordCount, budgetNanos } = ctx.args.input;
  ctx.stash.resourceId = util.autoUlid();
  ctx.stash.clientToken = clientToken;
  // The whole input in a fixed order: the same token with different input is an error.
  ctx.stash.inputDigest = JSON.stringify([
    source,
    templateId ?? null,
    seedSetId,
    parameters ?? null,
    recordCount,
    budgetNanos,
  ]);
  return {};
}

export function response(ctx: Context) {
  return toTestRun(ctx.stash.testRun);
}
