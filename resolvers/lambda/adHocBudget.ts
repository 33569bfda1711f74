import { PlotPaletteError } from "../../core/errors.ts";
import { MAX_AD_HOC_BUDGET_NANOS } from "../../core/money/ad-hoc-limits.ts";
import { formatUsd } from "../../core/money/money.ts";

/** @throws PlotPaletteError BadInput when it is not a valid budget for a test run or generated seeds */
export function checkAdHocBudget(budgetNanos: number): void {
  if (Number.isInteger(budgetNanos) && budgetNanos >= 1 && budgetNanos <= MAX_AD_HOC_BUDGET_NANOS) return;
  throw new PlotPaletteError(
    "BadInput",
    `The budget must be a whole number of nano-dollars from 1 to ${MAX_AD_HOC_BUDGET_NANOS} (${formatUsd(MAX_AD_HOC_BUDGET_NANOS)}), not ${budgetNanos}.`,
  );
}
