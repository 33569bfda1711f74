import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { useModelName, useModels } from "../useModels.ts";
import { showUsd } from "../../money.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Code } from "../../ui/Code.tsx";
import { showCount } from "../../ui/format.ts";

type Step = TemplateAnalysisFieldsFragment["steps"][number];

/** The model calls of a template, in their order, each with its prompt. */
export function TemplateSteps({ facts: { steps } }: { readonly facts: TemplateAnalysisFieldsFragment }) {
  if (steps.length === 0) {
    return (
      <p className="card soft">A library: its partials are included by other templates, and no job is made of it.</p>
    );
  }
  return (
    <section className="stack" aria-labelledby="steps-title">
      <h2 id="steps-title">{steps.length === 1 ? "One step" : `${steps.length} steps`}</h2>
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
              <span className="small faint">up to {showCount(step.maxTokens)} tokens</span>
            </div>
            <ModelLine modelId={step.modelId} />
            <Routes step={step} />
            <Code label={`The prompt of ${step.id}`} text={step.prompt} wrap />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What the step waits for, and who else may answer. */
function Routes({ step }: { readonly step: Step }) {
  const modelName = useModelName();
  const sentences = [
    step.dependsOn.length > 0 && `Begins after ${step.dependsOn.join(" and ")}.`,
    step.fallbacks.length > 0 && `When that model cannot be had: ${step.fallbacks.map(modelName).join(", then ")}.`,
    step.escalatesTo && `When its answer is not good enough: ${modelName(step.escalatesTo)}.`,
  ].filter(Boolean);
  return sentences.length > 0 ? <p className="small soft">{sentences.join(" ")}</p> : null;
}

/** The model's name and price, when the list of models is there; its id until then. */
function ModelLine({ modelId }: { readonly modelId: string }) {
  const model = useModels().find((known) => known.id === modelId);
  if (!model) return <p className="small mono faint">{modelId}</p>;
  return (
    <p className="small soft number" title={`${modelId}, priced on ${model.pricedOn}`}>
      {model.name} · {perMillion(model.inputNanosPerThousand)} in, {perMillion(model.outputNanosPerThousand)} out for a
      million tokens
    </p>
  );
}

function perMillion(nanosPerThousand: number): string {
  return showUsd(nanosPerThousand * 1000);
}
