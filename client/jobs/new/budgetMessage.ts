import { parseUsd } from "#core/money/money";
import { showUsd } from "../../money.ts";
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

/** What the budget is guaranteed to cover, whatever the models answer. */
export function budgetMessage(
  { recordCount, budgetUsd }: Pick<JobForm, "recordCount" | "budgetUsd">,
  attempts: RecordAttempts | null,
): string {
  const count = parseCount(recordCount);
  const budget = parseUsd(budgetUsd);
  if (attempts === null) return "Choose a template to see how many records the budget is guaranteed to cover.";
  const { maxCostNanos, maxPerRecord } = attempts;
  const bound = `Max cost per attempt: ${showUsd(maxCostNanos)}`;
  if (!count || !budget) return `${bound}.`;
  if (budget < maxCostNanos) return `${bound}. This budget is too small to start a single record.`;
  const guaranteed = guaranteedRecords(budget, maxCostNanos * maxPerRecord, count);
  const each = maxPerRecord === 1 ? bound : `${bound}, with up to ${showCount(maxPerRecord)} attempts per record`;
  if (guaranteed === count) return `${each}. This budget is guaranteed to cover all ${showCounted(count, "record")}.`;
  return `${each}. This budget is guaranteed to cover ${showCount(guaranteed)} of ${showCounted(count, "record")}. Most records cost far less; the job stops before it could exceed its budget, and can be resumed with a larger one. ${showUsd(count * maxCostNanos * maxPerRecord)} is guaranteed to cover all.`;
}
