import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { showUsd } from "../../money.ts";
import { showCount, showCounted } from "../../ui/format.ts";

/** The most one record can cost, whatever happens: entries of a list of facts. */
export function TemplateBoundFacts({ facts: { maxAttemptCost } }: { readonly facts: TemplateAnalysisFieldsFragment }) {
  return (
    <>
      <dt>An attempt at most</dt>
      <dd className="number">
        {showUsd(maxAttemptCost.costNanos)}{" "}
        <span className="small faint">
          {showCounted(maxAttemptCost.calls, "call")}, {showCount(maxAttemptCost.inputTokens)} tokens in,{" "}
          {showCount(maxAttemptCost.outputTokens)} out
        </span>
      </dd>
    </>
  );
}
