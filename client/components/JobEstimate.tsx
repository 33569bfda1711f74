import { formatBasis, budgetAdvice, formatEstimate } from "#core/money/estimate";
import { parseUsd } from "#core/money/money";
import { useEstimate } from "../hooks/useEstimate.ts";
import { toEstimateInput, type JobForm } from "../jobs/form.ts";
import { Notice } from "../ui/States.tsx";

/** What the job is likely to cost, as soon as template, seeds and count are chosen, and whether the budget is enough for it. */
export function JobEstimate({ form }: { readonly form: JobForm }) {
  const input = toEstimateInput(form);
  const { answer, isCurrent, error } = useEstimate(input);
  if (!input) return null;
  if (error) return <p className="small faint">There is no estimate of the cost: {error}</p>;
  // The last answer stays, paler, until the next one is there.
  if (!answer) return <p className="small faint">Estimating the cost …</p>;
  const { estimate } = answer;
  if (!estimate)
    return <p className="small faint">The cost cannot be estimated: the prompts need answers of models.</p>;
  // An estimate for another count says nothing of this budget.
  const budget = isCurrent ? parseUsd(form.budgetUsd) : undefined;
  return (
    <div className="stack-tight" aria-live="polite" aria-busy={!isCurrent} style={{ opacity: isCurrent ? 1 : 0.6 }}>
      <p className="small number">
        Estimated cost: <strong>{formatEstimate(estimate)}</strong>{" "}
        <span className="faint">{formatBasis(estimate)}</span>
      </p>
      {budget !== undefined && budget < estimate.likelyNanos && (
        <Notice tone="warn">{budgetAdvice(budget, estimate)}</Notice>
      )}
      {budget !== undefined && budget >= estimate.likelyNanos && (
        <p className="small soft">{budgetAdvice(budget, estimate)}</p>
      )}
    </div>
  );
}
