/** Raising a budget, alone or together with what it is raised for. */
import type { Context } from "@aws-appsync/utils";
import { budgetKey } from "../../core/keys.ts";
import type { BudgetRow } from "../../core/money/budget-row.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { usd } from "./money.ts";
import { throwBadInput } from "./errors.ts";
import { jobsTable } from "./tables.ts";
import { updateIf } from "./transaction.ts";

/** $5,000, as core/job/job.ts has it. */
const MAX_BUDGET_NANOS = 5_000_000_000_000;

/** The budget from now on: the wanted one, or the old one when null. */
export function newBudget(budget: BudgetRow, wanted: number | null | undefined): number {
  const budgetNanos = wanted ?? budget.budgetNanos;
  if (Math.floor(budgetNanos) !== budgetNanos || budgetNanos < budget.budgetNanos || budgetNanos > MAX_BUDGET_NANOS)
    throwBadInput(
      `The new budget must be at least the old one, ${usd(budget.budgetNanos)}, and at most ${usd(MAX_BUDGET_NANOS)}.`,
    );
  return budgetNanos;
}

/** A job that goes on needs enough for one more record, else it would only stop again. */
export function checkPaysOneRecord(job: JobRow, budget: BudgetRow, budgetNanos: number): void {
  const missing = job.maxAttemptCostNanos - budget.remainingNanos - (budgetNanos - budget.budgetNanos);
  if (missing > 0)
    throwBadInput(
      `One record can cost ${usd(job.maxAttemptCostNanos)}, and less than that is left; raise the budget to ${usd(budgetNanos + missing)} or more.`,
    );
}

/** Adds what the budget has grown by to what remains, if nobody else has raised it meanwhile. */
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
