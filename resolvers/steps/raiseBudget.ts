import type { Context } from "@aws-appsync/utils";
import type { BudgetRow } from "../../core/money/budget-row.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import type { MutationRaiseBudgetArgs } from "../generated/schema.ts";
import { newBudget, raise } from "../shared/budgets.ts";
import { NOTHING_MORE, settled, skipIfWritten, stay, stayed } from "../shared/control.ts";
import { usd } from "../shared/money.ts";
import { RAISABLE } from "../shared/transitions.ts";
import { throwConflict, throwBadInput } from "../shared/errors.ts";

/** Workers ask for grants as before and find more; shards parked for lack of money count as open from now on. */
export function request(ctx: Context<MutationRaiseBudgetArgs>) {
  skipIfWritten(ctx);
  const job: JobRow = ctx.stash.job;
  const budget: BudgetRow = ctx.stash.budget;
  if (RAISABLE.indexOf(job.status) < 0)
    throwConflict(
      `This job is ${job.status}; only the budget of a job that is queued, running, paused or at its budget can be raised.`,
    );
  const budgetNanos = newBudget(budget, ctx.args.budgetNanos);
  if (budgetNanos === budget.budgetNanos)
    throwBadInput(`The new budget must be more than the old one, ${usd(budgetNanos)}.`);
  ctx.stash.changed = stayed(job, budgetNanos);
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [stay(ctx, job, budgetNanos, NOTHING_MORE), raise(ctx, budget, budgetNanos)],
  };
}

export function response(ctx: Context) {
  return settled(ctx);
}
