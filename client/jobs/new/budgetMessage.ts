import { parseUsd } from "#core/money/money";
import { showUsd } from "../../money.ts";
import { showCount, showCounted } from "../../ui/format.ts";
import { surelyPaidRecords } from "../totals.ts";
import { parseCount, type JobForm } from "./form.ts";

export interface RecordAttempts {
  /** Of one, at most. */
  readonly boundNanos: number;
  /** For each record on average. */
  readonly most: number;
}

/** What the budget pays for whatever the models answer. */
export function budgetSentence(
  { recordCount, budgetUsd }: Pick<JobForm, "recordCount" | "budgetUsd">,
  attempts: RecordAttempts | null,
): string {
  const count = parseCount(recordCount);
  const budget = parseUsd(budgetUsd);
  if (attempts === null) return "Once a template is chosen, this says what the budget surely pays for.";
  const { boundNanos, most } = attempts;
  const bound = `One attempt at a record can cost ${showUsd(boundNanos)} at most`;
  if (!count || !budget) return `${bound}.`;
  if (budget < boundNanos) return `${bound}, more than this budget: not one record would be started.`;
  const sure = surelyPaidRecords(budget, boundNanos * most, count);
  const each = most === 1 ? bound : `${bound}, and ${showCount(most)} are made for each on average at most`;
  if (sure === count) return `${each}, so this budget surely pays for all ${showCount(count)}.`;
  return `${each}, so this budget surely pays for ${showCounted(sure, "record")} of ${showCount(count)}. Most cost far less than that; the job stops before it could pass the budget, and can go on with a larger one. ${showUsd(count * boundNanos * most)} surely pays for all.`;
}
