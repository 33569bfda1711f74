import { tooSmallBudget } from "#core/money/estimate";
import { formatUsd, parseUsd } from "#core/money/money";
import { showCount, showCounted } from "../../ui/format.ts";
import { guaranteedRecords } from "../totals.ts";
import { parseCount } from "../recordCount.ts";
import type { JobForm } from "./form.ts";

export interface RecordAttempts {
  /** The most one attempt can cost. */
  readonly maxCostNanos: number;
  /** The most attempts per record, on average. */
  readonly maxPerRecord: number;
}

/** The worst case: what the budget is guaranteed to cover, whatever the models answer. What is likely says `budgetAdvice`. */
export function budgetMessage(
  { recordCount, budgetUsd }: Pick<JobForm, "recordCount" | "budgetUsd">,
  attempts: RecordAttempts | null,
): string {
  const count = parseCount(recordCount);
  const budget = parseUsd(budgetUsd);
  if (attempts === null) return "Choose a template to see how many records the budget is guaranteed to cover.";
  const { maxCostNanos, maxPerRecord } = attempts;
  const bound = `Max cost per attempt: ${formatUsd(maxCostNanos)}`;
  if (!count || !budget) return `${bound}.`;
  if (budget < maxCostNanos) return `${tooSmallBudget(budget, maxCostNanos)}: the job cannot start.`;
  const all = formatUsd(count * maxCostNanos * maxPerRecord);
  const guaranteed = guaranteedRecords(budget, maxCostNanos * maxPerRecord, count);
  const each = maxPerRecord === 1 ? bound : `${bound}, with up to ${showCount(maxPerRecord)} attempts per record`;
  if (guaranteed === count)
    return `${each}. Even in the worst case, this budget covers all ${showCounted(count, "record")}.`;
  return `${each}. In the worst case, this budget covers ${showCount(guaranteed)} of ${showCounted(count, "record")}, and ${all} covers all. Records usually cost far less; the job stops before it could exceed its budget, and can be resumed with a larger one.`;
}
