import type { Context } from "@aws-appsync/utils";
import type { BudgetRow } from "../../core/money/budget-row.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import type { MutationRaiseBudgetArgs } from "../generated/schema.ts";
import { newBudget, raise } from "../shared/budgets.ts";
import { NO_EXTRA_UPDATE, finishTransaction, skipIfWritten, controlUpdate, controlledJob } from "../shared/control.ts";
import { usd } from "../shared/money.ts";
import { RAISABLE } from "../shared/transitions.ts";
import { throwConflict, throwBadInput } from "../shared/errors.ts";

/** Workers keep requesting grants and find more; shards parked for lack of money count as open again. */
export function request(ctx: Context<MutationRaiseBudgetArgs>) {
  skipIfWritten(ctx);
  const job: JobRow = ctx.stash.job;
  const budget: BudgetRow = ctx.stash.budget;
  if (RAISABLE.indexOf(job.status) < 0)
    throwConflict(
      `This job is ${job.status}; its budget can only be raised while it is queued, running, paused or at its budget.`,
    );
  const budgetNanos = newBudget(budget, ctx.args.budgetNanos);
  if (budgetNanos === budget.budgetNanos)
    throwBadInput(`The new budget must exceed the current budget (${usd(budgetNanos)}).`);
  ctx.stash.changed = controlledJob(job, budgetNanos);
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [controlUpdate(ctx, job, budgetNanos, NO_EXTRA_UPDATE), raise(ctx, budget, budgetNanos)],
  };
}

export function response(ctx: Context) {
  return finishTransaction(ctx);
}
