import { formatUsd } from "#core/money/money";
import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { showCount, showCounted } from "../../ui/format.ts";
import { Entry } from "../../ui/SummaryList.tsx";

/** The most one attempt at a record can cost: an entry of a summary list. */
export function AttemptCostEntry({
  analysis: { maxAttemptCost },
}: {
  readonly analysis: TemplateAnalysisFieldsFragment;
}) {
  return (
    <Entry name="Max cost per attempt" className="number">
      {formatUsd(maxAttemptCost.costNanos)}{" "}
      <span className="small faint">
        worst case: {showCounted(maxAttemptCost.calls, "call")}, {showCount(maxAttemptCost.inputTokens)} input and{" "}
        {showCount(maxAttemptCost.outputTokens)} output tokens
      </span>
    </Entry>
  );
}
