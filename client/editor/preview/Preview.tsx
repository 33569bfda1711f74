import { useState } from "react";
import { FitList } from "../../templates/FitList.tsx";
import { ParameterFields } from "../../templates/ParameterFields.tsx";
import type {
  SeedSetFieldsFragment,
  TemplateAnalysisFieldsFragment,
  TemplateProblemFragment,
} from "../../generated/documents.ts";
import { useUsableSeedSets } from "../../seeds/useSeedSets.ts";
import { checkFit, isRefused } from "../../templates/fit.ts";
import { checkParameters, parametersInput, type ParameterTexts } from "../../templates/parameters.ts";
import { SelectField } from "../../ui/Field.tsx";
import { Notice } from "../../ui/States.tsx";
import { Tabs } from "../../ui/Tabs.tsx";
import { TestRunPanel } from "../../testRuns/TestRunPanel.tsx";
import { FactsPanel } from "../../templates/summary/SummaryPanel.tsx";
import { PromptsPanel } from "./PromptsPanel.tsx";

export interface PreviewProps {
  readonly source: string;
  /** The template that it is, or is to be, a version of; null for a new one. */
  readonly templateId: string | null;
  /** What the template is, or was when it last had no fault; null before. */
  readonly facts: TemplateAnalysisFieldsFragment | null;
  /** Whether the source has no fault as it stands. */
  readonly isSound: boolean;
  readonly seedSetId: string | null;
  readonly onSeedSet: (id: string | null) => void;
  /** Leaves out the facts, where they are shown already. */
  readonly withoutFacts?: boolean;
  /** Hears of faults that show only when a prompt is rendered; give it a function that stays the same. */
  readonly onFaults?: (faults: readonly TemplateProblemFragment[]) => void;
}

/** What becomes of a template: the prompts of a record, what is known of it, and a try with real models. */
export function Preview({
  source,
  templateId,
  facts,
  isSound,
  seedSetId,
  onSeedSet,
  withoutFacts,
  onFaults,
}: PreviewProps) {
  const [tab, setTab] = useState<(typeof TABS)[number]["name"]>("prompts");
  const [texts, setTexts] = useState<ParameterTexts>({});
  const parameters = facts?.parameters ?? [];
  const faults = checkParameters(parameters, texts);
  const areFaulty = Object.keys(faults).length > 0;
  const chosen = areFaulty ? null : parametersInput(parameters, texts);
  const shared = { source, templateId, seedSetId, parameters: chosen, isSound: isSound && !areFaulty };
  return (
    <section className="card stack studio-preview" aria-label="Preview">
      <SeedChoice chosenId={seedSetId} reads={facts?.reads ?? []} onChoose={onSeedSet} />
      {parameters.length > 0 && (
        <details className="more-fields" open={areFaulty || undefined}>
          <summary>Parameters</summary>
          <div className="stack">
            <ParameterFields {...{ parameters, texts, faults }} onChange={setTexts} />
          </div>
        </details>
      )}
      <Tabs
        label="Preview"
        tabs={withoutFacts ? TABS.filter(({ name }) => name !== "facts") : TABS}
        chosen={tab}
        onChoose={setTab}
      >
        {tab === "prompts" && <PromptsPanel {...shared} onFaults={onFaults} />}
        {tab === "facts" && <FactsPanel facts={facts} />}
        {/* Kept while another tab is shown: a try goes on, and its records were paid for. */}
        <div hidden={tab !== "try"}>
          <TestRunPanel {...shared} boundNanos={facts?.maxAttemptCost.costNanos ?? null} />
        </div>
      </Tabs>
    </section>
  );
}

const TABS = [
  { name: "prompts", title: "Prompts" },
  { name: "facts", title: "Facts" },
  { name: "try", title: "Try" },
] as const;

interface SeedChoiceProps {
  readonly chosenId: string | null;
  readonly reads: TemplateAnalysisFieldsFragment["reads"];
  readonly onChoose: (id: string | null) => void;
}

/** Which seeds, those that have all that the template reads first. */
function SeedChoice({ chosenId, reads, onChoose }: SeedChoiceProps) {
  const seedSets = useUsableSeedSets();
  const chosen = seedSets.find(({ id }) => id === chosenId);
  const missing = chosen ? checkFit(reads, chosen.collections).filter(({ verdict }) => verdict === "missing") : [];
  const doesFit = ({ collections }: SeedSetFieldsFragment) => !isRefused(checkFit(reads, collections));
  return (
    <>
      <SelectField
        label="Seeds"
        value={chosenId ?? ""}
        hint={chosenId === null ? "With seeds, prompts show real items and their fields are completed." : undefined}
        onChange={(event) => onChoose(event.target.value || null)}
      >
        <option value="">None: placeholders stand in</option>
        <SeedOptions label="Fit the template" seedSets={seedSets.filter(doesFit)} />
        <SeedOptions label="Lack what it reads" seedSets={seedSets.filter((seedSet) => !doesFit(seedSet))} />
      </SelectField>
      {missing.length > 0 && (
        <Notice tone="warn">
          <p>These seeds lack what the template reads:</p>
          <FitList fits={missing} />
        </Notice>
      )}
    </>
  );
}

function SeedOptions({
  label,
  seedSets,
}: {
  readonly label: string;
  readonly seedSets: readonly SeedSetFieldsFragment[];
}) {
  if (seedSets.length === 0) return null;
  return (
    <optgroup label={label}>
      {seedSets.map((seedSet) => (
        <option key={seedSet.id} value={seedSet.id}>
          {titleOf(seedSet)}
        </option>
      ))}
    </optgroup>
  );
}

function titleOf({ name, isSample, collections }: SeedSetFieldsFragment): string {
  const names = collections.map((collection) => collection.name).join(", ");
  return `${name} (${isSample ? "sample: " : ""}${names})`;
}
