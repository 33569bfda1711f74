/** A budget's row in the jobs table. */
import type { Nanos } from "./money.ts";

/** granted + spent (over the shards of its jobs) + written off + remaining = budget, at every instant. */
export interface BudgetRow {
  pk: string;
  sk: "BUDGET";
  budgetId: string;
  owner: string;
  budgetNanos: Nanos;
  remainingNanos: Nanos;
  writtenOffNanos: Nanos;
}
