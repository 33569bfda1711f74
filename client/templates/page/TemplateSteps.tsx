import { formatUsd } from "#core/money/money";
import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { useModelName, useModels } from "../useModels.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Code } from "../../ui/Code.tsx";
import { showCount, showCounted } from "../../ui/format.ts";

type Step = TemplateAnalysisFieldsFragment["steps"][number];

/** The steps of a template in order, each with its prompt. */
export function TemplateSteps({ analysis: { steps } }: { readonly analysis: TemplateAnalysisFieldsFragment }) {
  if (steps.length === 0) {
    return (
      <p className="card soft">This is a library: other templates include its partials. It cannot be run as a job.</p>
    );
  }
  return (
    <section className="stack" aria-labelledby="steps-title">
      <h2 id="steps-title">{showCounted(steps.length, "step")}</h2>
      <ol className="stack">
        {steps.map((step, index) => (
          <li key={step.id} className="card stack">
            <div className="row">
              <span className="step-number" aria-hidden="true">
                {index + 1}
              </span>
              <h3 className="mono step-name">{step.id}</h3>
              {step.tier && <Badge>{step.tier}</Badge>}
              {step.output !== "text" && <Badge tone="accent">{step.output}</Badge>}
              {step.rounds > 1 && <Badge>up to {step.rounds} calls</Badge>}
              <span className="small faint">max {showCount(step.maxTokens)} tokens</span>
            </div>
            <ModelLine modelId={step.modelId} />
            <Routing step={step} />
            <Code label={`Prompt of ${step.id}`} text={step.prompt} wrap />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The steps it depends on, and the other models that may answer. */
function Routing({ step }: { readonly step: Step }) {
  const modelName = useModelName();
  const sentences = [
    step.dependsOn.length > 0 && `Runs after ${step.dependsOn.join(" and ")}.`,
    step.fallbacks.length > 0 && `Falls back to ${step.fallbacks.map(modelName).join(", then ")}.`,
    step.escalatesTo && `Escalates to ${modelName(step.escalatesTo)}.`,
  ].filter(Boolean);
  return sentences.length > 0 ? <p className="small soft">{sentences.join(" ")}</p> : null;
}

/** The model's name and prices; its id until the list of models is loaded. */
function ModelLine({ modelId }: { readonly modelId: string }) {
  const model = useModels().find((known) => known.id === modelId);
  if (!model) return <p className="small mono faint">{modelId}</p>;
  return (
    <p className="small soft number" title={`${modelId}, prices as of ${model.pricedOn}`}>
      {model.name} · {perMillion(model.inputNanosPerThousand)} input, {perMillion(model.outputNanosPerThousand)} output
      per million tokens
    </p>
  );
}

function perMillion(nanosPerThousand: number): string {
  return formatUsd(nanosPerThousand * 1000);
}
