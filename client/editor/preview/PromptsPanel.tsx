import { useEffect, useState } from "react";
import type { RenderTemplateQuery, TemplateProblemFragment } from "../../generated/documents.ts";
import { useModelName } from "../../templates/useModels.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { showBytes, showCount } from "../../ui/format.ts";
import { Notice, Skeleton } from "../../ui/States.tsx";
import { Turns } from "../../templates/Turns.tsx";
import { checkMessage, type CheckState } from "../../templates/checkState.ts";
import { useRendering } from "./useTemplateCheck.ts";

export interface PromptsPanelProps {
  readonly source: string;
  readonly templateId: string | null;
  readonly check: CheckState;
  readonly seedSetId: string | null;
  /** Values for its parameters as JSON; null for the defaults. */
  readonly parameters: string | null;
  readonly onProblems?: (problems: readonly TemplateProblemFragment[]) => void;
}

/** The prompts of one record as the models would receive them, with paging through the records. No model is called. */
export function PromptsPanel({ source, templateId, check, seedSetId, parameters, onProblems }: PromptsPanelProps) {
  const [recordNo, setRecordNo] = useState(0);
  const isValid = check === "valid";
  const input = { source, templateId, seedSetId, parameters, recordNo };
  const { data: rendering, isCurrent, error } = useRendering(isValid ? input : null);
  const problems = rendering?.problems;
  useEffect(() => onProblems?.((isCurrent && problems) || NONE), [onProblems, problems, isCurrent]);
  return (
    <>
      <RecordChoice recordNo={recordNo} onSelect={setRecordNo} />
      {!isValid && <p className="small soft">{checkMessage(check, "to refresh the prompts")}</p>}
      {error && <Notice tone="bad">{error}</Notice>}
      {rendering && isCurrent && rendering.problems.length > 0 && (
        <Notice tone="bad">
          {rendering.problems.map(({ message }) => (
            <p key={message}>{message}</p>
          ))}
        </Notice>
      )}
      {!rendering && isValid && !error && <Skeleton height="8em" />}
      {rendering && (
        <div className={isCurrent ? "stack" : "stack stale"} aria-busy={!isCurrent}>
          <details className="small">
            <summary>Sampled seeds</summary>
            <pre className="plain-code">{indented(rendering.seeds)}</pre>
          </details>
          <ol className="stack">
            {rendering.steps.map((step) => (
              <RenderedStep key={`${step.stepId} ${step.round}`} step={step} />
            ))}
          </ol>
        </div>
      )}
    </>
  );
}

const NONE: readonly TemplateProblemFragment[] = [];

function RecordChoice({ recordNo, onSelect }: { readonly recordNo: number; readonly onSelect: (no: number) => void }) {
  return (
    <div className="row" role="group" aria-label="Record">
      <Button
        icon="back"
        aria-label="Previous record"
        disabled={recordNo === 0}
        onClick={() => onSelect(recordNo - 1)}
      />
      <label className="row small">
        Record
        <input
          className="input input-small input-count"
          inputMode="numeric"
          value={recordNo + 1}
          onChange={(event) => onSelect(Math.max(0, Math.min(999_999, (parseInt(event.target.value, 10) || 1) - 1)))}
        />
      </label>
      <Button icon="next" aria-label="Next record" onClick={() => onSelect(recordNo + 1)} />
      <span className="small faint">No model is called.</span>
    </div>
  );
}

function RenderedStep({ step }: { readonly step: RenderTemplateQuery["renderTemplate"]["steps"][number] }) {
  const modelName = useModelName();
  return (
    <li className="stack-tight rendered">
      <div className="row">
        <h3 className="mono">{step.stepId}</h3>
        {step.round > 0 && <Badge>call {showCount(step.round + 1)}</Badge>}
        {!step.applies && <Badge tone="warn">skipped</Badge>}
        <span className="small faint number" title={step.modelId}>
          {modelName(step.modelId)} · {showBytes(step.bytes)}
        </span>
      </div>
      {step.applies ? (
        <>
          <Turns system={step.system} turns={step.turns} />
          <p className="small faint">
            Placeholder output: <code>{truncate(step.placeholder)}</code>
          </p>
        </>
      ) : (
        <p className="small soft">
          Nothing would be sent for this record: the condition is false or the list is empty.
        </p>
      )}
    </li>
  );
}

function truncate(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function indented(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2);
}
