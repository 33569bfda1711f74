import { useState } from "react";
import { FitList } from "../../templates/FitList.tsx";
import { ParameterFields } from "../../templates/ParameterFields.tsx";
import type {
  SeedSetFieldsFragment,
  TemplateAnalysisFieldsFragment,
  TemplateProblemFragment,
} from "../../generated/documents.ts";
import { seedSetNamesakes } from "../../seeds/namesakes.ts";
import { useUsableSeedSets } from "../../seeds/useSeedSets.ts";
import type { CheckState } from "../../templates/checkState.ts";
import { checkFit, isIncompatible } from "../../templates/fit.ts";
import { checkParameters, parametersInput, type ParameterTexts } from "../../templates/parameters.ts";
import { SelectField } from "../../ui/Field.tsx";
import { Notice } from "../../ui/States.tsx";
import { Tabs } from "../../ui/Tabs.tsx";
import { TestRunPanel } from "../../testRuns/TestRunPanel.tsx";
import { SummaryPanel } from "../../templates/summary/SummaryPanel.tsx";
import { PromptsPanel } from "./PromptsPanel.tsx";

export interface PreviewProps {
  readonly source: string;
  /** The template the source is, or will be, a version of; null for a new one. */
  readonly templateId: string | null;
  /** The analysis of the source when it last had no errors; null before. */
  readonly analysis: TemplateAnalysisFieldsFragment | null;
  /** What is known about the current source. */
  readonly check: CheckState;
  readonly seedSetId: string | null;
  readonly onSeedSet: (id: string | null) => void;
  /** Omits the summary tab, where the summary is already shown. */
  readonly hideSummary?: boolean;
  /** Called with problems that only rendering reveals; must be the same function on every render. */
  readonly onProblems?: (problems: readonly TemplateProblemFragment[]) => void;
}

/** A template's rendered prompts, its summary, and a test run with real models. */
export function Preview({
  source,
  templateId,
  analysis,
  check,
  seedSetId,
  onSeedSet,
  hideSummary,
  onProblems,
}: PreviewProps) {
  const [tab, setTab] = useState<(typeof TABS)[number]["name"]>("prompts");
  const [texts, setTexts] = useState<ParameterTexts>({});
  const parameters = analysis?.parameters ?? [];
  const errors = checkParameters(parameters, texts);
  const hasErrors = Object.keys(errors).length > 0;
  const values = hasErrors ? null : parametersInput(parameters, texts);
  const shared = { source, templateId, seedSetId, parameters: values, check: hasErrors ? "invalid" : check } as const;
  return (
    <section className="card stack editor-preview" aria-label="Preview">
      <SeedChoice selectedId={seedSetId} reads={analysis?.reads ?? []} onSelect={onSeedSet} />
      {parameters.length > 0 && (
        <details className="more-fields" open={hasErrors || undefined}>
          <summary>Parameters</summary>
          <div className="stack">
            <ParameterFields {...{ parameters, texts, errors }} onChange={setTexts} />
          </div>
        </details>
      )}
      <Tabs
        label="Preview"
        tabs={hideSummary ? TABS.filter(({ name }) => name !== "summary") : TABS}
        selected={tab}
        onSelect={setTab}
      >
        {tab === "prompts" && <PromptsPanel {...shared} onProblems={onProblems} />}
        {tab === "summary" && <SummaryPanel analysis={analysis} />}
        {/* Stays mounted behind other tabs: a test run continues, and its records were paid for. */}
        <div hidden={tab !== "test"}>
          <TestRunPanel {...shared} maxAttemptCostNanos={analysis?.maxAttemptCost.costNanos ?? null} />
        </div>
      </Tabs>
    </section>
  );
}

const TABS = [
  { name: "prompts", title: "Prompts" },
  { name: "summary", title: "Summary" },
  { name: "test", title: "Test run" },
] as const;

interface SeedChoiceProps {
  readonly selectedId: string | null;
  readonly reads: TemplateAnalysisFieldsFragment["reads"];
  readonly onSelect: (id: string | null) => void;
}

/** Selects seeds; those compatible with the template come first. */
function SeedChoice({ selectedId, reads, onSelect }: SeedChoiceProps) {
  const seedSets = useUsableSeedSets();
  const distinctions = seedSetNamesakes(seedSets);
  const selected = seedSets.find(({ id }) => id === selectedId);
  const missing = selected ? checkFit(reads, selected.collections).filter(({ status }) => status === "missing") : [];
  const isCompatible = ({ collections }: SeedSetFieldsFragment) => !isIncompatible(checkFit(reads, collections));
  return (
    <>
      <SelectField
        label="Seeds"
        value={selectedId ?? ""}
        hint={
          selectedId === null ? "With seeds, prompts show real items and the editor completes their fields." : undefined
        }
        onChange={(event) => onSelect(event.target.value || null)}
      >
        <option value="">No seeds (placeholders)</option>
        <SeedOptions label="Compatible" seedSets={seedSets.filter(isCompatible)} distinctions={distinctions} />
        <SeedOptions
          label="Missing required fields"
          seedSets={seedSets.filter((seedSet) => !isCompatible(seedSet))}
          distinctions={distinctions}
        />
      </SelectField>
      {missing.length > 0 && (
        <Notice tone="warn">
          <p>These seeds lack required fields:</p>
          <FitList fits={missing} />
        </Notice>
      )}
    </>
  );
}

function SeedOptions({
  label,
  seedSets,
  distinctions,
}: {
  readonly label: string;
  readonly seedSets: readonly SeedSetFieldsFragment[];
  readonly distinctions: ReadonlyMap<string, string>;
}) {
  if (seedSets.length === 0) return null;
  return (
    <optgroup label={label}>
      {seedSets.map((seedSet) => (
        <option key={seedSet.id} value={seedSet.id}>
          {[titleOf(seedSet), distinctions.get(seedSet.id)].filter(Boolean).join(" · ")}
        </option>
      ))}
    </optgroup>
  );
}

function titleOf({ name, isSample, collections }: SeedSetFieldsFragment): string {
  const names = collections.map((collection) => collection.name).join(", ");
  return `${name} (${isSample ? "sample: " : ""}${names})`;
}
