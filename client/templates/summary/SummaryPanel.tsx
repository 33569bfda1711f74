import { AttemptCostEntry } from "./AttemptCostEntry.tsx";
import { TemplateReads } from "./TemplateReads.tsx";
import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { Notice } from "../../ui/States.tsx";
import { Entry, SummaryList } from "../../ui/SummaryList.tsx";

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
      <SummaryList tall>
        <Entry name="Columns" className="chips">
          <span className="chip mono">id</span>
          {analysis.columns.map(({ name, type }) => (
            <span key={name} className="chip mono">
              {name}
              {type && <span className="faint"> {type}</span>}
            </span>
          ))}
        </Entry>
        {analysis.categories.length > 0 && <Entry name="Partition columns">{analysis.categories.join(", ")}</Entry>}
        <Entry name="Seed fields">
          <TemplateReads reads={analysis.reads} />
        </Entry>
        <AttemptCostEntry analysis={analysis} />
        {analysis.includes.length > 0 && (
          <Entry name="Includes" className="mono small">
            {analysis.includes.join(", ")}
          </Entry>
        )}
      </SummaryList>
    </>
  );
}
