import { runtime, util, type Context } from "@aws-appsync/utils";
import { seedSetKey, testRunInputKey, testRunKey } from "../../core/keys.ts";
import type { TestRunInputRow, TestRunRow } from "../../core/template/test-run-rows.ts";
import type { MutationStartTestRunArgs } from "../generated/schema.ts";
import type { CheckedTestRun } from "../lambda/checkTestRun.lambda.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwConflict, throwNotFound } from "../shared/errors.ts";
import { newAdHocRun } from "../shared/adHocRuns.ts";
import { acceptReplay, adHocTokenRow, WEEK_SECONDS } from "../shared/adHocToken.ts";
import { jobsTable, seedSetsTable } from "../shared/tables.ts";
import { checkThat, hasTransactionConflict, putNew, conditionFailedAt } from "../shared/transaction.ts";

/** Their positions in the transaction: DynamoDB reports failures by position. */
const TOKEN = 0;
const SEED_SET = 1;

/** Writes the test run, its input and the token's row together, if the seed set is still as it was checked. */
export function request(ctx: Context<MutationStartTestRunArgs>) {
  if (ctx.stash.existingId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const { input } = ctx.args;
  const checked: CheckedTestRun = ctx.prev.result;
  const expiresAt = util.time.nowEpochSeconds() + WEEK_SECONDS;
  const row = testRunRow(ctx, expiresAt);
  ctx.stash.testRun = row;
  const inputRow: TestRunInputRow = {
    ...testRunInputKey(row.testRunId),
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
      putNew(jobsTable(ctx), adHocTokenRow(ctx)),
      checkThat(seedSetsTable(ctx), seedSetKey(input.seedSetId), {
        expression: "#owner = :owner AND #status = :ready",
        names: { "#owner": "owner", "#status": "status" },
        values: { ":owner": checked.seedSetOwner, ":ready": "READY" },
      }),
      putNew(jobsTable(ctx), row),
      putNew(jobsTable(ctx), inputRow),
    ],
  };
}

export function response(ctx: Context) {
  if (!ctx.error) return null;
  const reasons = ctx.result?.cancellationReasons;
  if (conditionFailedAt(reasons, TOKEN)) acceptReplay(ctx, reasons[TOKEN].item);
  else if (conditionFailedAt(reasons, SEED_SET)) throwNotFound("seed set");
  else if (hasTransactionConflict(reasons))
    throwConflict("The same request arrived twice at the same time; try again to get the test run it created.");
  else throwInternal(ctx);
  return null;
}

function testRunRow(ctx: Context<MutationStartTestRunArgs>, expiresAt: number): TestRunRow {
  const { recordCount, budgetNanos } = ctx.args.input;
  return {
    ...testRunKey(ctx.stash.resourceId),
    testRunId: ctx.stash.resourceId,
    testRunOwner: callerOf(ctx),
    status: "RUNNING",
    recordCount,
    ...newAdHocRun(budgetNanos),
    records: "[]",
    createdAt: util.time.nowISO8601(),
    expiresAt,
  };
}
