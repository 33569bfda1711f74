import { useState } from "react";
import { useApolloClient, useQuery } from "@apollo/client/react";
import { TIERS } from "#core/models/models";
import { parseUsd } from "#core/money/money";
import {
  SampleTemplatesDocument,
  TemplateDocument,
  TemplatesDocument,
  type SeedSetFieldsFragment,
} from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { useGenerateSeeds } from "../../mutations/useGenerateSeeds.ts";
import { templateNamesakes } from "../../templates/namesakes.ts";
import { useModels } from "../../templates/useModels.ts";
import { SpentToday } from "../../testRuns/SpentToday.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea, TextField } from "../../ui/Field.tsx";
import { checkGenerateForm, type GenerateForm } from "./form.ts";

export interface GenerateSeedsDialogProps {
  readonly onCreated: (seedSet: SeedSetFieldsFragment) => void;
  readonly onClose: () => void;
}

/** Has a model generate the seeds that a template needs, within a budget. */
export function GenerateSeedsDialog({ onCreated, onClose }: GenerateSeedsDialogProps) {
  const generate = useGenerate();
  const [form, setForm] = useState(INITIAL_FORM);
  const [shown, setShown] = useState(false);
  const { run, busy, error } = useAction();
  const errors = checkGenerateForm(form);
  const confirm = () => {
    setShown(true);
    if (Object.keys(errors).length === 0) void run(async () => onCreated(await generate(form)));
  };
  return (
    <Dialog title="Generate seeds" action="Generate" {...{ busy, error, onClose }} onConfirm={confirm}>
      <p className="soft">
        A model generates items with the fields the template needs; duplicates are removed. Review the items before you
        use them.
      </p>
      <Fields
        form={form}
        errors={shown ? errors : {}}
        onChange={(name, value) => setForm((known) => ({ ...known, [name]: value }))}
      />
      <SpentToday isSpending={false} />
    </Dialog>
  );
}

const INITIAL_FORM: GenerateForm = {
  templateId: "",
  name: "",
  itemCount: "20",
  instructions: "",
  model: "economy",
  budget: "0.10",
};

/** Sends a valid form with the template's latest source; returns the seed set that is being generated. */
function useGenerate() {
  const client = useApolloClient();
  const generateSeeds = useGenerateSeeds();
  return async ({ templateId, name, itemCount, instructions, model, budget }: GenerateForm) => {
    const { data } = await client.query({ query: TemplateDocument, variables: { id: templateId, version: null } });
    if (!data) throw new Error("The server answered without a template.");
    return generateSeeds({
      name: name.trim(),
      source: data.getTemplate.source,
      templateId,
      itemCount: Number(itemCount),
      instructions: instructions.trim() || null,
      model,
      budgetNanos: parseUsd(budget) ?? 0,
    });
  };
}

interface FieldsProps {
  readonly form: GenerateForm;
  readonly errors: Partial<Record<keyof GenerateForm, string>>;
  readonly onChange: (name: keyof GenerateForm, value: string) => void;
}

function Fields({ form, errors, onChange }: FieldsProps) {
  const field = (name: keyof GenerateForm) => ({
    value: form[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => onChange(name, event.target.value),
  });
  return (
    <>
      <SelectField label="Template" {...field("templateId")}>
        <TemplateOptions />
      </SelectField>
      <TextField label="Seed set name" maxLength={100} {...field("name")} />
      <TextArea
        label="Instructions"
        hint="Optional: what the items should be about."
        maxLength={2_000}
        {...field("instructions")}
      />
      <div className="wizard-pair">
        <TextField label="Items per collection" inputMode="numeric" {...field("itemCount")} />
        <TextField label="Budget (USD)" adornment="$" inputMode="decimal" {...field("budget")} />
      </div>
      <SelectField label="Model" {...field("model")}>
        <ModelOptions />
      </SelectField>
    </>
  );
}

const SHOWN = 100;

/** My templates and the samples, without libraries. */
function TemplateOptions() {
  const mine = useQuery(TemplatesDocument, { variables: { limit: SHOWN } });
  const samples = useQuery(SampleTemplatesDocument, { variables: { limit: SHOWN } });
  const all = [...(mine.data?.listTemplates.items ?? []), ...(samples.data?.listSampleTemplates.items ?? [])];
  const distinctions = templateNamesakes(all);
  return (
    <>
      <option value="">Choose…</option>
      {all
        .filter(({ stepCount }) => stepCount > 0)
        .map(({ id, name }) => (
          <option key={id} value={id}>
            {[name, distinctions.get(id)].filter(Boolean).join(" · ")}
          </option>
        ))}
    </>
  );
}

/** The tiers and every usable model. */
function ModelOptions() {
  const models = useModels().filter(({ isUsable }) => isUsable);
  return (
    <>
      {TIERS.map((tier) => (
        <option key={tier} value={tier}>
          {tier}
        </option>
      ))}
      {models.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </>
  );
}
