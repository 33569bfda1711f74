import { PlotPaletteError } from "../../core/errors.ts";
import { formatUsd, NANOS_PER_USD } from "../../core/money/money.ts";

const MAX_BUDGET_NANOS = 5 * NANOS_PER_USD;

/** @throws PlotPaletteError BadInput when it is no budget for a try or for generated seeds */
export function checkAdHocBudget(budgetNanos: number): void {
  if (Number.isInteger(budgetNanos) && budgetNanos >= 1 && budgetNanos <= MAX_BUDGET_NANOS) return;
  throw new PlotPaletteError(
    "BadInput",
    `The budget must be a whole number of nano-dollars from 1 to ${MAX_BUDGET_NANOS} (${formatUsd(MAX_BUDGET_NANOS)}), not ${budgetNanos}.`,
  );
}
