import type { Context } from "@aws-appsync/utils";
import type { BudgetRow } from "../../core/money/budget-row.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import type { MutationExtendJobArgs } from "../generated/schema.ts";
import type { CheckedExtension } from "../lambda/checkExtension.lambda.ts";
import { checkPaysOneRecord, newBudget, raise } from "../shared/budgets.ts";
import {
  resumedJob,
  resumeUpdate,
  finishTransaction,
  skipIfWritten,
  controlUpdate,
  controlledJob,
} from "../shared/control.ts";
import { shardRow } from "../shared/newJob.ts";
import { jobsTable } from "../shared/tables.ts";
import { putNew, type Expression } from "../shared/transaction.ts";

/**
 * Creates new shards for the new slots and touches no existing one. Workers read the job's row at each turn and find them; a
 * worker about to end the job fails to, because openShards and controlNo have grown.
 */
export function request(ctx: Context<MutationExtendJobArgs>) {
  skipIfWritten(ctx);
  const job: JobRow = ctx.stash.job;
  const budget: BudgetRow = ctx.stash.budget;
  const { shards }: CheckedExtension = ctx.stash.extension;
  const { recordCount } = ctx.args;
  const budgetNanos = newBudget(budget, ctx.args.budgetNanos);
  const isOver = job.status === "COMPLETED" || job.status === "BUDGET_EXCEEDED";
  if (isOver) checkPaysOneRecord(job, budget, budgetNanos);
  const grown: Expression = {
    expression:
      ", #recordCount = :recordCount, #shardCount = #shardCount + :shards, #openShards = #openShards + :shards",
    names: { "#recordCount": "recordCount", "#shardCount": "shardCount", "#openShards": "openShards" },
    values: { ":recordCount": recordCount, ":shards": shards.length },
  };
  ctx.stash.changed = {
    ...(isOver ? resumedJob(job, budgetNanos) : controlledJob(job, budgetNanos)),
    recordCount,
    shardCount: job.shardCount + shards.length,
  };
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      isOver ? resumeUpdate(ctx, job, budgetNanos, grown) : controlUpdate(ctx, job, budgetNanos, grown),
      raise(ctx, budget, budgetNanos),
      ...shards.map((range, n) => putNew(jobsTable(ctx), shardRow(job, job.shardCount + n, range))),
    ],
  };
}

export function response(ctx: Context) {
  return finishTransaction(ctx);
}
