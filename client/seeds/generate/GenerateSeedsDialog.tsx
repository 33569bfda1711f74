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
import { useModels } from "../../templates/useModels.ts";
import { useGenerateSeeds } from "../../mutations/useGenerateSeeds.ts";
import { checkGenerateForm, type GenerateForm } from "./form.ts";
import { SpentToday } from "../../testRuns/SpentToday.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea, TextField } from "../../ui/Field.tsx";

export interface GenerateSeedsDialogProps {
  readonly onMade: (seedSet: SeedSetFieldsFragment) => void;
  readonly onClose: () => void;
}

/** Lets a model make the seeds that a template needs, within a budget. */
export function GenerateSeedsDialog({ onMade, onClose }: GenerateSeedsDialogProps) {
  const client = useApolloClient();
  const templates = useTemplates();
  const models = useModels();
  const generateSeeds = useGenerateSeeds();
  const [form, setForm] = useState(FIRST_FORM);
  const [shown, setShown] = useState(false);
  const { run, busy, error } = useAction();
  const faults = checkGenerateForm(form);
  const fault = (name: keyof GenerateForm) => (shown ? faults[name] : undefined);
  const change = (name: keyof GenerateForm) => (event: { target: { value: string } }) =>
    setForm((known) => ({ ...known, [name]: event.target.value }));
  const generate = async () => {
    const { data } = await client.query({ query: TemplateDocument, variables: { id: form.templateId, version: null } });
    if (!data) throw new Error("The server answered without a template.");
    const seedSet = await generateSeeds({
      name: form.name.trim(),
      source: data.getTemplate.source,
      templateId: form.templateId,
      itemCount: Number(form.itemCount),
      instructions: form.instructions.trim() || null,
      model: form.model,
      budgetNanos: parseUsd(form.budget) ?? 0,
    });
    onMade(seedSet);
  };
  const confirm = () => {
    setShown(true);
    if (Object.keys(faults).length === 0) void run(generate);
  };
  return (
    <Dialog title="Generate seeds" action="Generate" {...{ busy, error, onClose }} onConfirm={confirm}>
      <p className="soft">
        A model writes items that have what a template reads. Look through them before you use them.
      </p>
      <SelectField
        label="For the template"
        value={form.templateId}
        error={fault("templateId")}
        onChange={change("templateId")}
      >
        <option value="">Choose …</option>
        {templates.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Name of the seed set"
        maxLength={100}
        value={form.name}
        error={fault("name")}
        onChange={change("name")}
      />
      <TextArea
        label="What they should be about"
        hint="In your own words; may stay empty."
        maxLength={2_000}
        value={form.instructions}
        onChange={change("instructions")}
      />
      <div className="wizard-pair">
        <TextField
          label="Items of each collection"
          inputMode="numeric"
          value={form.itemCount}
          error={fault("itemCount")}
          onChange={change("itemCount")}
        />
        <TextField
          label="Budget"
          sign="$"
          inputMode="decimal"
          value={form.budget}
          error={fault("budget")}
          onChange={change("budget")}
        />
      </div>
      <SelectField label="Model" value={form.model} onChange={change("model")}>
        {TIERS.map((tier) => (
          <option key={tier} value={tier}>
            {tier}
          </option>
        ))}
        {models
          .filter(({ isUsable }) => isUsable)
          .map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
      </SelectField>
      <SpentToday isSpending={false} />
    </Dialog>
  );
}

const FIRST_FORM: GenerateForm = {
  templateId: "",
  name: "",
  itemCount: "20",
  instructions: "",
  model: "economy",
  budget: "0.10",
};

const SHOWN = 100;

function useTemplates() {
  const mine = useQuery(TemplatesDocument, { variables: { limit: SHOWN } });
  const samples = useQuery(SampleTemplatesDocument, { variables: { limit: SHOWN } });
  const all = [...(mine.data?.listTemplates.items ?? []), ...(samples.data?.listSampleTemplates.items ?? [])];
  return all.filter(({ stepCount }) => stepCount > 0);
}
