import { NANOS_PER_USD, parseUsd } from "#core/money/money";
import { showUsd } from "../money.ts";

export const MAX_TRY_RECORDS = 10;
/** Of a try, and of generated seeds. */
export const MAX_SIDE_BUDGET_NANOS = 5 * NANOS_PER_USD;

export interface TryForm {
  readonly records: string;
  readonly budget: string;
  readonly boundNanos: number | null;
}

/** What is wrong with what was typed; null where nothing is. */
export function checkTryForm({ records, budget, boundNanos }: TryForm): {
  records: string | null;
  budget: string | null;
} {
  const count = Number(records);
  const isCount = /^\d+$/.test(records.trim()) && count >= 1 && count <= MAX_TRY_RECORDS;
  return {
    records: isCount ? null : `Expected a whole number from 1 to ${MAX_TRY_RECORDS}.`,
    budget: sideBudgetFault(budget) ?? tooSmall(parseUsd(budget) ?? 0, boundNanos),
  };
}

/** What is wrong with a budget beside jobs. */
export function sideBudgetFault(budget: string): string | null {
  const nanos = parseUsd(budget);
  if (nanos && nanos <= MAX_SIDE_BUDGET_NANOS) return null;
  return `Expected dollars, more than 0 and at most ${showUsd(MAX_SIDE_BUDGET_NANOS)}, as in 0.10.`;
}

function tooSmall(budgetNanos: number, boundNanos: number | null): string | null {
  if (boundNanos === null || budgetNanos >= boundNanos) return null;
  return `One record can cost ${showUsd(boundNanos)} at most; with less than that none is started.`;
}
