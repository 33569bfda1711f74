import type { TemplateAnalysisFieldsFragment } from "../generated/documents.ts";
import { showUsd } from "../money.ts";
import { showCount, showCounted } from "../ui/format.ts";

/** The most one record can cost, whatever happens: entries of a list of facts. */
export function TemplateBoundFacts({ facts: { bound } }: { readonly facts: TemplateAnalysisFieldsFragment }) {
  return (
    <>
      <dt>An attempt at most</dt>
      <dd className="number">
        {showUsd(bound.nanos)}{" "}
        <span className="small faint">
          {showCounted(bound.calls, "call")}, {showCount(bound.inputTokens)} tokens in, {showCount(bound.outputTokens)}{" "}
          out
        </span>
      </dd>
    </>
  );
}
