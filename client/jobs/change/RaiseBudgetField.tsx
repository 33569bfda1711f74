import { MAX_BUDGET_NANOS } from "#core/job/job";
import { parseUsd } from "#core/money/money";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { showUsd } from "../../money.ts";
import { TextField } from "../../ui/Field.tsx";

interface Props {
  readonly job: JobFieldsFragment;
  /** As typed. */
  readonly usd: string;
  readonly error: string | null;
  readonly autoFocus?: boolean;
  readonly onChange: (usd: string) => void;
}

/** The budget of a job that goes on: it may be raised. */
export function RaiseBudgetField({ job, usd, error, autoFocus, onChange }: Props) {
  return (
    <TextField
      label="Budget in US dollars"
      sign="$"
      inputMode="decimal"
      autoFocus={autoFocus}
      value={usd}
      error={error}
      hint={`Until now ${showUsd(job.budgetNanos)}. One attempt at a record can cost ${showUsd(job.maxAttemptCostNanos)} at most.`}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** What was typed: a fault in a sentence, or the new budget, null when it stays as it is. */
export function raisedBudget(
  usd: string,
  { budgetNanos }: Pick<JobFieldsFragment, "budgetNanos">,
  { needsMore = false } = {},
): { readonly fault: string } | { readonly fault: null; readonly nanos: number | null } {
  const nanos = parseUsd(usd);
  if (nanos === undefined) return { fault: "Expected dollars, as in 2.50." };
  if (nanos > MAX_BUDGET_NANOS) return { fault: `A job's budget can be ${showUsd(MAX_BUDGET_NANOS)} at most.` };
  if (needsMore && nanos <= budgetNanos)
    return { fault: `Expected more than the ${showUsd(budgetNanos)} of until now.` };
  if (nanos < budgetNanos)
    return { fault: `A budget can be raised, not lowered: expected ${showUsd(budgetNanos)} or more.` };
  return { fault: null, nanos: nanos > budgetNanos ? nanos : null };
}
