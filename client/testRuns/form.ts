import { NANOS_PER_USD, parseUsd } from "#core/money/money";
import { showUsd } from "../money.ts";

export const MAX_TEST_RUN_RECORDS = 10;
/** Of a try, and of generated seeds. */
export const MAX_AD_HOC_BUDGET_NANOS = 5 * NANOS_PER_USD;

export interface TestRunForm {
  readonly records: string;
  readonly budget: string;
  readonly boundNanos: number | null;
}

/** What is wrong with what was typed; null where nothing is. */
export function checkTestRunForm({ records, budget, boundNanos }: TestRunForm): {
  records: string | null;
  budget: string | null;
} {
  const count = Number(records);
  const isCount = /^\d+$/.test(records.trim()) && count >= 1 && count <= MAX_TEST_RUN_RECORDS;
  return {
    records: isCount ? null : `Expected a whole number from 1 to ${MAX_TEST_RUN_RECORDS}.`,
    budget: adHocBudgetError(budget) ?? tooSmall(parseUsd(budget) ?? 0, boundNanos),
  };
}

/** What is wrong with a budget beside jobs. */
export function adHocBudgetError(budget: string): string | null {
  const nanos = parseUsd(budget);
  if (nanos && nanos <= MAX_AD_HOC_BUDGET_NANOS) return null;
  return `Expected dollars, more than 0 and at most ${showUsd(MAX_AD_HOC_BUDGET_NANOS)}, as in 0.10.`;
}

function tooSmall(budgetNanos: number, boundNanos: number | null): string | null {
  if (boundNanos === null || budgetNanos >= boundNanos) return null;
  return `One record can cost ${showUsd(boundNanos)} at most; with less than that none is started.`;
}
