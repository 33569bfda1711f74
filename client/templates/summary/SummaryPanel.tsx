import { TemplateBoundFacts } from "./AttemptCostEntry.tsx";
import { TemplateReads } from "./TemplateReads.tsx";
import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { Notice } from "../../ui/States.tsx";

/** What is known of a template without running it. */
export function FactsPanel({ facts }: { readonly facts: TemplateAnalysisFieldsFragment | null }) {
  if (!facts) return <p className="small soft">Mend the faults, and this says what the template reads and can cost.</p>;
  return (
    <>
      {facts.warnings.length > 0 && (
        <Notice tone="warn">
          {facts.warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Notice>
      )}
      <dl className="facts facts-tall">
        <dt>Columns</dt>
        <dd className="chips">
          <span className="chip mono">id</span>
          {facts.columns.map(({ name, type }) => (
            <span key={name} className="chip mono">
              {name}
              {type && <span className="faint"> {type}</span>}
            </span>
          ))}
        </dd>
        {facts.categories.length > 0 && (
          <>
            <dt>Can be divided by</dt>
            <dd>{facts.categories.join(", ")}</dd>
          </>
        )}
        <dt>Reads from the seeds</dt>
        <dd>
          <TemplateReads reads={facts.reads} />
        </dd>
        <TemplateBoundFacts facts={facts} />
        {facts.includes.length > 0 && (
          <>
            <dt>Includes</dt>
            <dd className="mono small">{facts.includes.join(", ")}</dd>
          </>
        )}
      </dl>
    </>
  );
}
