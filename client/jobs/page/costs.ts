import { formatBasis, formatEstimate } from "#core/money/estimate";
import { isAtRest } from "#core/job/job";
import type { InfrastructureUse } from "#core/fleet/infrastructure";
import { sumSpending, type SpendingEntry } from "#core/money/spending";
import { formatUsdApart } from "#core/money/money";
import type { EstimateFieldsFragment, JobFieldsFragment, ShardFieldsFragment } from "../../generated/documents.ts";
import { showCount, showCounted } from "../../ui/format.ts";
import type { Totals } from "../totals.ts";

/** Model spending by step and model over all days, the most expensive first. */
export function costByStepAndModel(spending: readonly SpendingEntry[]): SpendingEntry[] {
  return sumSpending([spending.map((spent) => ({ ...spent, day: null }))]).toSorted(
    (a, b) => b.costNanos - a.costNanos,
  );
}

/** Model spending by day, the earliest first, after what was reported of several days together. */
export function costByDay(spending: readonly SpendingEntry[]): SpendingEntry[] {
  const days = spending.map((spent) => ({ ...spent, stepId: "", modelId: "" }));
  return sumSpending([days]).toSorted((a, b) => (a.day ?? "").localeCompare(b.day ?? ""));
}

/** What a job's workers have used so far, over all shards. */
export function usageOf(
  shards: readonly Pick<ShardFieldsFragment, "workerMs" | "parts">[],
): Pick<InfrastructureUse, "workerMs" | "parts"> {
  return shards.reduce(
    (sum, { workerMs, parts }) => ({ workerMs: sum.workerMs + workerMs, parts: sum.parts + parts }),
    { workerMs: 0, parts: 0 },
  );
}

/** The estimate and, once the job is at rest, what was spent. Null without an estimate. */
export function estimateMessage(
  job: Pick<JobFieldsFragment, "status" | "recordCount">,
  estimate: EstimateFieldsFragment | null,
  { spentNanos, delivered, failed }: Pick<Totals, "spentNanos" | "delivered" | "failed">,
): string | null {
  if (!estimate) return null;
  const { recordCount } = estimate;
  // A job that was extended was estimated for fewer records.
  const scope = recordCount === job.recordCount ? "" : ` for ${showCounted(recordCount, "record")}`;
  const expected = `Original estimate${scope}: ${formatEstimate(estimate)}, ${formatBasis(estimate)}.`;
  if (!isAtRest(job.status) || job.status === "PAUSED") return expected;
  const done = delivered + failed;
  const share = done < job.recordCount ? ` for ${showCount(done)} of ${showCounted(job.recordCount, "record")}` : "";
  const { lowNanos, likelyNanos, highNanos } = estimate;
  const [spent] = formatUsdApart(spentNanos, lowNanos, likelyNanos, highNanos);
  return `${expected} Spent: ${spent}${share}.`;
}
