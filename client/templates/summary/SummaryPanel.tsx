import { AttemptCostEntry } from "./AttemptCostEntry.tsx";
import { TemplateReads } from "./TemplateReads.tsx";
import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { Notice } from "../../ui/States.tsx";

/** The static analysis of a template. */
export function SummaryPanel({ analysis }: { readonly analysis: TemplateAnalysisFieldsFragment | null }) {
  if (!analysis) return <p className="small soft">Fix the errors to see what the template reads and costs.</p>;
  return (
    <>
      {analysis.warnings.length > 0 && (
        <Notice tone="warn">
          {analysis.warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Notice>
      )}
      <dl className="analysis analysis-tall">
        <dt>Columns</dt>
        <dd className="chips">
          <span className="chip mono">id</span>
          {analysis.columns.map(({ name, type }) => (
            <span key={name} className="chip mono">
              {name}
              {type && <span className="faint"> {type}</span>}
            </span>
          ))}
        </dd>
        {analysis.categories.length > 0 && (
          <>
            <dt>Partition columns</dt>
            <dd>{analysis.categories.join(", ")}</dd>
          </>
        )}
        <dt>Seed fields</dt>
        <dd>
          <TemplateReads reads={analysis.reads} />
        </dd>
        <AttemptCostEntry analysis={analysis} />
        {analysis.includes.length > 0 && (
          <>
            <dt>Includes</dt>
            <dd className="mono small">{analysis.includes.join(", ")}</dd>
          </>
        )}
      </dl>
    </>
  );
}
