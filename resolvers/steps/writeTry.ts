import { runtime, util, type Context } from "@aws-appsync/utils";
import { seedSetKey, tryInputKey, tryKey } from "../../core/keys.ts";
import type { TryInputRow, TryRow } from "../../core/template/test-run-rows.ts";
import type { MutationTryTemplateArgs } from "../generated/schema.ts";
import type { CheckedTry } from "../lambda/checkTry.lambda.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, refuseConflict, refuseUnknown } from "../shared/refuse.ts";
import { newRun } from "../shared/runs.ts";
import { recallMade, sideTokenRow, WEEK_SECONDS } from "../shared/sideToken.ts";
import { jobsTable, seedSetsTable } from "../shared/tables.ts";
import { checkThat, collided, putNew, refusedAt } from "../shared/transaction.ts";

/** Where these stand in the transaction: DynamoDB answers for each item at its place. */
const TOKEN = 0;
const SEED_SET = 1;

/** The try, what it is made of and the token's row together, if the seed set is still what was checked. */
export function request(ctx: Context<MutationTryTemplateArgs>) {
  if (ctx.stash.earlierId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const { input } = ctx.args;
  const checked: CheckedTry = ctx.prev.result;
  const expiresAt = util.time.nowEpochSeconds() + WEEK_SECONDS;
  const row = tryRow(ctx, expiresAt);
  ctx.stash.try = row;
  const made: TryInputRow = {
    ...tryInputKey(row.tryId),
    source: input.source,
    partials: checked.partials,
    tiers: checked.tiers,
    parameters: checked.parameters,
    seedSetId: input.seedSetId,
    seedSetOwner: checked.seedSetOwner,
    expiresAt,
  };
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      putNew(jobsTable(ctx), sideTokenRow(ctx)),
      checkThat(seedSetsTable(ctx), seedSetKey(input.seedSetId), {
        expression: "#owner = :owner AND #status = :ready",
        names: { "#owner": "owner", "#status": "status" },
        values: { ":owner": checked.seedSetOwner, ":ready": "READY" },
      }),
      putNew(jobsTable(ctx), row),
      putNew(jobsTable(ctx), made),
    ],
  };
}

export function response(ctx: Context) {
  if (!ctx.error) return null;
  const reasons = ctx.result?.cancellationReasons;
  if (refusedAt(reasons, TOKEN)) recallMade(ctx, reasons[TOKEN].item);
  else if (refusedAt(reasons, SEED_SET)) refuseUnknown("seed set");
  else if (collided(reasons))
    refuseConflict("The same request arrived twice at the same moment; try again to see the try it made.");
  else fail(ctx);
  return null;
}

function tryRow(ctx: Context<MutationTryTemplateArgs>, expiresAt: number): TryRow {
  const { recordCount, budgetNanos } = ctx.args.input;
  return {
    ...tryKey(ctx.stash.madeId),
    tryId: ctx.stash.madeId,
    tryOwner: callerOf(ctx),
    status: "RUNNING",
    recordCount,
    ...newRun(budgetNanos),
    records: "[]",
    createdAt: util.time.nowISO8601(),
    expiresAt,
  };
}
