/** Raising a budget, alone or along with the change it pays for. */
import type { Context } from "@aws-appsync/utils";
import { budgetKey } from "../../core/keys.ts";
import type { BudgetRow } from "../../core/money/budget-row.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { usd } from "./money.ts";
import { throwBadInput } from "./errors.ts";
import { jobsTable } from "./tables.ts";
import { updateIf } from "./transaction.ts";

/** $5,000, as in core/job/job.ts. */
const MAX_BUDGET_NANOS = 5_000_000_000_000;

/** The new budget: the requested one, or the current one when null. @throws BadInput when it is out of range */
export function newBudget(budget: BudgetRow, wanted: number | null | undefined): number {
  const budgetNanos = wanted ?? budget.budgetNanos;
  if (Math.floor(budgetNanos) !== budgetNanos || budgetNanos < budget.budgetNanos || budgetNanos > MAX_BUDGET_NANOS)
    throwBadInput(
      `The new budget must be at least the current budget (${usd(budget.budgetNanos)}) and at most ${usd(MAX_BUDGET_NANOS)}.`,
    );
  return budgetNanos;
}

/** A job that resumes needs enough for one more record, or it would only stop again. */
export function checkPaysOneRecord(job: JobRow, budget: BudgetRow, budgetNanos: number): void {
  const missing = job.maxAttemptCostNanos - budget.remainingNanos - (budgetNanos - budget.budgetNanos);
  if (missing > 0)
    throwBadInput(
      `One record can cost up to ${usd(job.maxAttemptCostNanos)}, more than what is left; raise the budget to at least ${usd(budgetNanos + missing)}.`,
    );
}

/** Adds the increase to the remaining budget, unless someone else has raised it in the meantime. */
export function raise(ctx: Context, budget: BudgetRow, budgetNanos: number) {
  return updateIf(
    jobsTable(ctx),
    budgetKey(budget.budgetId),
    {
      expression: "SET #budget = :budget, #remaining = #remaining + :more",
      names: { "#budget": "budgetNanos", "#remaining": "remainingNanos" },
      values: { ":budget": budgetNanos, ":more": budgetNanos - budget.budgetNanos },
    },
    { expression: "#budget = :old", names: {}, values: { ":old": budget.budgetNanos } },
  );
}
