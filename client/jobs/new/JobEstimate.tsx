import { budgetAdvice, formatBasis, formatEstimate, isLikelyEnough } from "#core/money/estimate";
import { parseUsd } from "#core/money/money";
import { useEstimate } from "./useEstimate.ts";
import { toEstimateInput, type JobForm } from "./form.ts";
import { Notice } from "../../ui/States.tsx";

/**
 * The likely cost, once template, seeds and count are chosen, and whether the budget covers it. The worst case is above it: a
 * budget too small for that is not commented on twice.
 */
export function JobEstimate({ form }: { readonly form: JobForm }) {
  const input = toEstimateInput(form);
  const { data, isCurrent, error } = useEstimate(input);
  if (!input) return null;
  if (error) return <p className="small faint">Cost estimate unavailable: {error}</p>;
  // The last estimate stays, dimmed, until the next one arrives.
  if (!data) return <p className="small faint">Estimating cost…</p>;
  const { estimate, maxAttemptCostNanos } = data;
  if (!estimate)
    return <p className="small faint">The cost cannot be estimated: the prompts depend on model output.</p>;
  // An estimate for another count says nothing about this budget.
  const budget = isCurrent ? parseUsd(form.budgetUsd) : undefined;
  return (
    <div className="stack-tight" aria-live="polite" aria-busy={!isCurrent} style={{ opacity: isCurrent ? 1 : 0.6 }}>
      <p className="small number">
        Estimated cost: <strong>{formatEstimate(estimate)}</strong>
        <span className="faint">, {formatBasis(estimate)}</span>
      </p>
      {budget !== undefined && budget >= maxAttemptCostNanos && (
        <Advice
          text={budgetAdvice(budget, estimate, maxAttemptCostNanos)}
          isWarning={!isLikelyEnough(budget, estimate, maxAttemptCostNanos)}
        />
      )}
    </div>
  );
}

function Advice({ text, isWarning }: { readonly text: string; readonly isWarning: boolean }) {
  return isWarning ? <Notice tone="warn">{text}</Notice> : <p className="small soft">{text}</p>;
}
