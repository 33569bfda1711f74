import { runtime, util, type Context } from "@aws-appsync/utils";
import { seedSetKey } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { MutationGenerateSeedsArgs } from "../generated/schema.ts";
import type { CheckedGeneration } from "../lambda/checkGeneration.lambda.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwConflict } from "../shared/errors.ts";
import { newAdHocRun } from "../shared/adHocRuns.ts";
import { acceptReplay, adHocTokenRow } from "../shared/adHocToken.ts";
import { jobsTable, seedSetsTable } from "../shared/tables.ts";
import { hasTransactionConflict, putNew, conditionFailedAt } from "../shared/transaction.ts";

/** Its position in the transaction: DynamoDB reports failures by position. */
const TOKEN = 0;

export function request(ctx: Context<MutationGenerateSeedsArgs>) {
  if (ctx.stash.existingId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const row = seedSetRow(ctx, ctx.prev.result);
  ctx.stash.seedSet = row;
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [putNew(jobsTable(ctx), adHocTokenRow(ctx)), putNew(seedSetsTable(ctx), row)],
  };
}

export function response(ctx: Context) {
  if (!ctx.error) return null;
  const reasons = ctx.result?.cancellationReasons;
  if (conditionFailedAt(reasons, TOKEN)) acceptReplay(ctx, reasons[TOKEN].item);
  else if (hasTransactionConflict(reasons))
    throwConflict("The same request arrived twice at the same time; try again to get the seed set it created.");
  else throwInternal(ctx);
  return null;
}

function seedSetRow(
  ctx: Context<MutationGenerateSeedsArgs>,
  { generation, collections }: CheckedGeneration,
): SeedSetRow {
  const seedSetId: string = ctx.stash.resourceId;
  const { name, budgetNanos } = ctx.args.input;
  return {
    ...seedSetKey(seedSetId),
    seedSetId,
    owner: callerOf(ctx),
    listKey: seedSetId,
    name,
    status: "GENERATING",
    collections: collections.map((collection) => ({
      name: collection,
      fileName: "generated.jsonl",
      itemCount: 0,
      bytes: 0,
      fields: [],
    })),
    uploads: [],
    generation,
    ...newAdHocRun(budgetNanos),
    createdAt: util.time.nowISO8601(),
  };
}
