import { formatBasis, formatEstimate } from "#core/money/estimate";
import { isAtRest } from "#core/job/job";
import { sumSpending, type SpendingEntry } from "#core/money/spending";
import type { EstimateFieldsFragment, JobFieldsFragment } from "../generated/documents.ts";
import { showUsd } from "../money.ts";
import { showCount, showCounted } from "../ui/format.ts";
import type { Totals } from "./totals.ts";

/** What models were paid for each step and model, whatever the day; the dearest first. */
export function costByStepAndModel(spending: readonly SpendingEntry[]): SpendingEntry[] {
  return sumSpending([spending.map((spent) => ({ ...spent, day: "" }))]).toSorted((a, b) => b.costNanos - a.costNanos);
}

/** What models were paid on each day, the first day first. */
export function costByDay(spending: readonly SpendingEntry[]): SpendingEntry[] {
  const days = spending.map((spent) => ({ ...spent, stepId: "", modelId: "" }));
  return sumSpending([days]).toSorted((a, b) => a.day.localeCompare(b.day));
}

/** What was expected; once the job is at rest beside what came. Null when nothing was. */
export function estimateSentence(
  job: Pick<JobFieldsFragment, "status" | "recordCount">,
  estimate: EstimateFieldsFragment | null,
  { spentNanos, delivered, failed }: Pick<Totals, "spentNanos" | "delivered" | "failed">,
): string | null {
  if (!estimate) return null;
  const { recordCount } = estimate;
  // A job can be extended, and what was expected was for fewer then.
  const scope = recordCount === job.recordCount ? "" : ` for ${showCounted(recordCount, "record")}`;
  const expected = `Estimated before the start${scope}: ${formatEstimate(estimate)}, ${formatBasis(estimate)}.`;
  if (!isAtRest(job.status) || job.status === "PAUSED") return expected;
  const done = delivered + failed;
  const share = done < job.recordCount ? ` for ${showCount(done)} of ${showCounted(job.recordCount, "record")}` : "";
  return `${expected} Spent: ${showUsd(spentNanos)}${share}.`;
}
