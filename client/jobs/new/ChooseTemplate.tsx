import { formatUsd } from "#core/money/money";
import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { explainError } from "../../errors.ts";
import { SampleTemplatesDocument, TemplatesDocument, type TemplateFieldsFragment } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { templateNamesakes } from "../../templates/namesakes.ts";
import { RadioCard } from "../../ui/RadioCard.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { showCounted } from "../../ui/format.ts";
import { Notice, SkeletonCards } from "../../ui/States.tsx";

const SHOWN = 100;

export interface ChooseTemplateProps {
  readonly selected: TemplateFieldsFragment | undefined;
  readonly selectedId: string | null;
  readonly error: string | undefined;
  /** Whether the address named a template that does not exist, or not for this user. */
  readonly notFound: boolean;
  readonly onSelect: (template: ChoosableTemplate) => void;
}

export type ChoosableTemplate = Pick<TemplateFieldsFragment, "id" | "sampleSeedSetId">;

/** Step 1 of a new job: the template. */
export function ChooseTemplate({ selected, selectedId, error, notFound, onSelect }: ChooseTemplateProps) {
  const mine = useQuery(TemplatesDocument, { variables: { limit: SHOWN }, fetchPolicy: "cache-and-network" });
  const samples = useQuery(SampleTemplatesDocument, { variables: { limit: SHOWN } });
  const all = [...(mine.data?.listTemplates.items ?? []), ...(samples.data?.listSampleTemplates.items ?? [])];
  // Libraries are included by other templates, not run.
  const listed = all.filter(({ stepCount }) => stepCount > 0);
  // A template someone else published is in neither list; its own page led here.
  const isListed = !selected || listed.some(({ id }) => id === selected.id);
  const templates = isListed ? listed : [selected, ...listed];
  const distinctions = templateNamesakes(templates);
  const failure = mine.error ?? samples.error;
  return (
    <section className="stack wizard-step" id="field-templateId" aria-labelledby="choose-template">
      <h2 id="choose-template">
        <span className="step-number">1</span>Template
      </h2>
      <FieldError id="template-error" error={error} />
      {notFound && (
        <Notice tone="warn">
          The template in this address was not found: it may have been deleted, or may belong to someone else. Choose
          one below, or <Link to={paths.newTemplate}>write a new one</Link>.
        </Notice>
      )}
      {failure && <Notice tone="bad">{explainError(failure).text}</Notice>}
      {templates.length === 0 && !failure && <SkeletonCards count={2} label="Loading templates" />}
      <div
        className="choices"
        role="radiogroup"
        aria-labelledby="choose-template"
        aria-describedby={error && "template-error"}
      >
        {templates.map((template) => (
          <RadioCard
            key={template.id}
            name="template"
            title={template.name}
            tag={template.isSample ? "Sample" : template.isMine ? undefined : "Published"}
            selected={template.id === selectedId}
            onSelect={() => onSelect(template)}
          >
            {distinctions.has(template.id) && <strong className="distinction">{distinctions.get(template.id)}</strong>}
            {template.description}
          </RadioCard>
        ))}
      </div>
      {selected && (
        <p className="small soft">
          {showCounted(selected.analysis.steps.length, "step")} ·{" "}
          {showCounted(selected.analysis.columns.length, "column")} · max cost per attempt{" "}
          {formatUsd(selected.analysis.maxAttemptCost.costNanos)} ·{" "}
          <Link to={paths.template(selected.id, selected.version)}>View template</Link>
        </p>
      )}
    </section>
  );
}
