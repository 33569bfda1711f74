import type { Context } from "@aws-appsync/utils";
import type { BudgetRow } from "../../core/money/budget-row.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import type { MutationResumeJobArgs } from "../generated/schema.ts";
import { checkPaysOneRecord, newBudget, raise } from "../shared/budgets.ts";
import { resumedJob, resumeUpdate, NO_EXTRA_UPDATE, finishTransaction, skipIfWritten } from "../shared/control.ts";
import { RESUMABLE } from "../shared/transitions.ts";
import { throwConflict } from "../shared/errors.ts";

/** Job and budget change together, each only if it is still as it was read. Incrementing controlNo reopens the parked shards. */
export function request(ctx: Context<MutationResumeJobArgs>) {
  skipIfWritten(ctx);
  const job: JobRow = ctx.stash.job;
  const budget: BudgetRow = ctx.stash.budget;
  if (RESUMABLE.indexOf(job.status) < 0)
    throwConflict(`This job is ${job.status}; only a job that is paused or at its budget can be resumed.`);
  const budgetNanos = newBudget(budget, ctx.args.budgetNanos);
  if (job.status === "BUDGET_EXCEEDED") checkPaysOneRecord(job, budget, budgetNanos);
  ctx.stash.changed = resumedJob(job, budgetNanos);
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [resumeUpdate(ctx, job, budgetNanos, NO_EXTRA_UPDATE), raise(ctx, budget, budgetNanos)],
  };
}

export function response(ctx: Context) {
  return finishTransaction(ctx);
}
