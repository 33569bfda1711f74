import { useQuery } from "@apollo/client/react";
import { ModelsDocument, type TemplateFactsFragment } from "../generated/documents.ts";
import { showUsd } from "../money.ts";
import { Badge } from "../ui/Badge.tsx";
import { Code } from "../ui/Code.tsx";
import { showCount } from "../ui/format.ts";

type Step = TemplateFactsFragment["steps"][number];

/** The model calls of a template, in their order, each with its prompt. */
export function TemplateSteps({ steps }: { readonly steps: readonly Step[] }) {
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
              <span className="small faint">up to {showCount(step.maxTokens)} tokens</span>
            </div>
            <ModelLine modelId={step.modelId} />
            <Code label={`The prompt of ${step.id}`} text={step.prompt} wrap />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The model's name and price, when the list of models is there; its id until then. */
function ModelLine({ modelId }: { readonly modelId: string }) {
  const { data } = useQuery(ModelsDocument);
  const model = data?.listModels.find((known) => known.id === modelId);
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
