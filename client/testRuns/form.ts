import { MAX_AD_HOC_BUDGET_NANOS, MAX_TEST_RUN_RECORDS } from "#core/money/ad-hoc-limits";
import { formatUsd, parseUsd } from "#core/money/money";

export interface TestRunForm {
  readonly records: string;
  readonly budget: string;
  readonly maxAttemptCostNanos: number | null;
}

/** The errors by field; null for a valid one. */
export function checkTestRunForm({ records, budget, maxAttemptCostNanos }: TestRunForm): {
  records: string | null;
  budget: string | null;
} {
  const count = Number(records);
  const isCount = /^\d+$/.test(records.trim()) && count >= 1 && count <= MAX_TEST_RUN_RECORDS;
  return {
    records: isCount ? null : `Enter a whole number from 1 to ${MAX_TEST_RUN_RECORDS}.`,
    budget: adHocBudgetError(budget) ?? tooSmall(parseUsd(budget) ?? 0, maxAttemptCostNanos),
  };
}

/** The error of a budget for a test run or for generated seeds; null when it is valid. */
export function adHocBudgetError(budget: string): string | null {
  const nanos = parseUsd(budget);
  if (nanos && nanos <= MAX_AD_HOC_BUDGET_NANOS) return null;
  return `Enter an amount above $0 and up to ${formatUsd(MAX_AD_HOC_BUDGET_NANOS)}, such as 0.10.`;
}

function tooSmall(budgetNanos: number, maxAttemptCostNanos: number | null): string | null {
  if (maxAttemptCostNanos === null || budgetNanos >= maxAttemptCostNanos) return null;
  return `Must cover at least one attempt (${formatUsd(maxAttemptCostNanos)}).`;
}
