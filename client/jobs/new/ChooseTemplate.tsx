import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { explainError } from "../../errors.ts";
import { SampleTemplatesDocument, TemplatesDocument, type TemplateFieldsFragment } from "../../generated/documents.ts";
import { showUsd } from "../../money.ts";
import { paths } from "../../paths.ts";
import { Choice } from "../../ui/RadioCard.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { showCounted } from "../../ui/format.ts";
import { Notice, SkeletonCards } from "../../ui/States.tsx";

const SHOWN = 100;

export interface ChooseTemplateProps {
  readonly chosen: TemplateFieldsFragment | undefined;
  readonly chosenId: string | null;
  readonly error: string | undefined;
  readonly onChoose: (template: ChoosableTemplate) => void;
}

export type ChoosableTemplate = Pick<TemplateFieldsFragment, "id" | "sampleSeedSetId">;

/** The first question of a new job: which template. */
export function ChooseTemplate({ chosen, chosenId, error, onChoose }: ChooseTemplateProps) {
  const mine = useQuery(TemplatesDocument, { variables: { limit: SHOWN }, fetchPolicy: "cache-and-network" });
  const samples = useQuery(SampleTemplatesDocument, { variables: { limit: SHOWN } });
  const all = [...(mine.data?.listTemplates.items ?? []), ...(samples.data?.listSampleTemplates.items ?? [])];
  // Libraries are there to be included, not run.
  const listed = all.filter(({ stepCount }) => stepCount > 0);
  // Somebody's published template is in no list of these; its own page led here.
  const isListed = !chosen || listed.some(({ id }) => id === chosen.id);
  const templates = isListed ? listed : [chosen, ...listed];
  const fault = mine.error ?? samples.error;
  return (
    <section className="stack wizard-step" id="field-templateId" aria-labelledby="choose-template">
      <h2 id="choose-template">
        <span className="step-number">1</span>Template
      </h2>
      {fault && <Notice tone="bad">{explainError(fault).text}</Notice>}
      {templates.length === 0 && !fault && <SkeletonCards count={2} label="Loading templates" />}
      <div className="choices" role="radiogroup" aria-labelledby="choose-template">
        {templates.map((template) => (
          <Choice
            key={template.id}
            name="template"
            title={template.name}
            tag={template.isSample ? "Sample" : template.isMine ? undefined : "Published"}
            chosen={template.id === chosenId}
            onChoose={() => onChoose(template)}
          >
            {template.description}
          </Choice>
        ))}
      </div>
      {chosen && (
        <p className="small soft">
          {showCounted(chosen.analysis.steps.length, "step")} for a record of{" "}
          {showCounted(chosen.analysis.columns.length, "column")}, of which one attempt can cost{" "}
          {showUsd(chosen.analysis.maxAttemptCost.costNanos)} at most.{" "}
          <Link to={paths.template(chosen.id, chosen.version)}>Read the template</Link>
        </p>
      )}
      <FieldError error={error} />
    </section>
  );
}
