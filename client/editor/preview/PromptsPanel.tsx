import { useEffect, useState } from "react";
import type { RenderTemplateQuery, TemplateProblemFragment } from "../../generated/documents.ts";
import { useModelName } from "../../templates/useModels.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { showBytes, showCount } from "../../ui/format.ts";
import { Notice, Skeleton } from "../../ui/States.tsx";
import { Turns } from "../../templates/Turns.tsx";
import { useRendering } from "./useTemplateCheck.ts";

export interface PromptsPanelProps {
  readonly source: string;
  readonly templateId: string | null;
  readonly isSound: boolean;
  readonly seedSetId: string | null;
  /** Values for its parameters as JSON; null for the defaults. */
  readonly parameters: string | null;
  readonly onFaults?: (faults: readonly TemplateProblemFragment[]) => void;
}

/** The prompts of one record as the models would get them, one record after the other. No model is called. */
export function PromptsPanel({ source, templateId, isSound, seedSetId, parameters, onFaults }: PromptsPanelProps) {
  const [recordNo, setRecordNo] = useState(0);
  const input = { source, templateId, seedSetId, parameters, recordNo };
  const { answer, isCurrent, error } = useRendering(isSound ? input : null);
  const faults = answer?.problems;
  useEffect(() => onFaults?.((isCurrent && faults) || NONE), [onFaults, faults, isCurrent]);
  return (
    <>
      <RecordChoice recordNo={recordNo} onChoose={setRecordNo} />
      {!isSound && <p className="small soft">Mend the faults, and the prompts are shown anew.</p>}
      {error && <Notice tone="bad">{error}</Notice>}
      {answer && isCurrent && answer.problems.length > 0 && (
        <Notice tone="bad">
          {answer.problems.map(({ message }) => (
            <p key={message}>{message}</p>
          ))}
        </Notice>
      )}
      {!answer && isSound && !error && <Skeleton height="8em" />}
      {answer && (
        <div className={isCurrent ? "stack" : "stack stale"} aria-busy={!isCurrent}>
          <details className="small">
            <summary>What was drawn from the seeds</summary>
            <pre className="plain-code">{indented(answer.seeds)}</pre>
          </details>
          <ol className="stack">
            {answer.steps.map((step) => (
              <RenderedStep key={`${step.stepId} ${step.round}`} step={step} />
            ))}
          </ol>
        </div>
      )}
    </>
  );
}

const NONE: readonly TemplateProblemFragment[] = [];

function RecordChoice({ recordNo, onChoose }: { readonly recordNo: number; readonly onChoose: (no: number) => void }) {
  return (
    <div className="row" role="group" aria-label="Record">
      <Button
        icon="back"
        aria-label="Previous record"
        disabled={recordNo === 0}
        onClick={() => onChoose(recordNo - 1)}
      />
      <label className="row small">
        Record
        <input
          className="input input-small input-count"
          inputMode="numeric"
          value={recordNo + 1}
          onChange={(event) => onChoose(Math.max(0, Math.min(999_999, (parseInt(event.target.value, 10) || 1) - 1)))}
        />
      </label>
      <Button icon="next" aria-label="Next record" onClick={() => onChoose(recordNo + 1)} />
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
            Its answer is stood in for by <code>{cut(step.placeholder)}</code>
          </p>
        </>
      ) : (
        <p className="small soft">
          Nothing would be sent for this record: the condition does not hold, or the list is empty.
        </p>
      )}
    </li>
  );
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function indented(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2);
}
