import { MAX_BUDGET_NANOS } from "#core/job/job";
import { formatUsd, parseUsd } from "#core/money/money";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { TextField } from "../../ui/Field.tsx";

interface Props {
  readonly job: JobFieldsFragment;
  /** As typed. */
  readonly usd: string;
  readonly error: string | null;
  readonly autoFocus?: boolean;
  readonly onChange: (usd: string) => void;
}

/** The budget of a job that continues: it can be raised. */
export function RaiseBudgetField({ job, usd, error, autoFocus, onChange }: Props) {
  return (
    <TextField
      label="Budget (USD)"
      adornment="$"
      inputMode="decimal"
      autoFocus={autoFocus}
      value={usd}
      error={error}
      hint={`Current: ${formatUsd(job.budgetNanos)}. Max cost per attempt (worst case): ${formatUsd(job.maxAttemptCostNanos)}.`}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** The typed budget: an error message, or the new budget, null when it is unchanged. */
export function raisedBudget(
  usd: string,
  { budgetNanos }: Pick<JobFieldsFragment, "budgetNanos">,
  { needsMore = false } = {},
): { readonly error: string } | { readonly error: null; readonly nanos: number | null } {
  const nanos = parseUsd(usd);
  if (nanos === undefined) return { error: "Enter an amount in dollars, such as 2.50." };
  if (nanos > MAX_BUDGET_NANOS) return { error: `Must not exceed ${formatUsd(MAX_BUDGET_NANOS)}.` };
  if (needsMore && nanos <= budgetNanos)
    return { error: `Must exceed the current budget (${formatUsd(budgetNanos)}).` };
  if (nanos < budgetNanos)
    return { error: `A budget can be raised, not lowered: enter ${formatUsd(budgetNanos)} or more.` };
  return { error: null, nanos: nanos > budgetNanos ? nanos : null };
}
