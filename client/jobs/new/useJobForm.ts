import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { useSearchParams } from "react-router";
import { explainError } from "../../errors.ts";
import { SeedSetDocument, TemplateDocument } from "../../generated/documents.ts";
import type { ChoosableTemplate } from "./ChooseTemplate.tsx";
import { DEFAULT_MAX_FAILED, formatsOf, type FormErrors, type JobForm } from "./form.ts";

/** The form of a new job, with the selected template and seeds loaded. The address can preselect both. */
export function useJobForm() {
  const [params] = useSearchParams();
  const [form, setForm] = useState<JobForm>(() => ({
    ...INITIAL_FORM,
    templateId: params.get("templateId"),
    seedSetId: params.get("seedSetId"),
  }));
  const [isNamed, setIsNamed] = useState(false);
  const [errors, setErrors] = useState<FormErrors>({});
  const { template, seedSet, notFound } = useSelected(form, requestedVersion(params, form.templateId));

  const change = (part: Partial<JobForm>) => {
    if (part.name !== undefined) setIsNamed(part.name !== "");
    setForm((known) => ({ ...known, ...part }));
    const changedFields = Object.keys(part).flatMap((field) => FIELDS_OF[field as keyof JobForm] ?? [field]);
    setErrors((known) => Object.fromEntries(Object.entries(known).filter(([field]) => !changedFields.includes(field))));
  };
  // A sample selects its own seeds; any other template keeps the selected ones.
  const choose = ({ id, sampleSeedSetId }: ChoosableTemplate) =>
    change({ templateId: id, seedSetId: sampleSeedSetId ?? form.seedSetId, parameterTexts: {} });

  const name = isNamed ? form.name : (template?.name ?? "");
  const parameters = template?.analysis.parameters ?? [];
  const offered = formatsOf(template?.analysis.trainingFormats ?? []);
  // Formats that only the previous template offered are dropped.
  const formats = template ? form.formats.filter((format) => offered.includes(format)) : form.formats;
  const shown = {
    ...{ ...form, name, parameters, formats, templateVersion: template?.version ?? null },
    templateId: notFound.template ? null : form.templateId,
    seedSetId: notFound.seedSet ? null : form.seedSetId,
  };
  return { form: shown, change, choose, errors, setErrors, template, seedSet, notFound };
}

const INITIAL_FORM: JobForm = {
  name: "",
  templateId: null,
  templateVersion: null,
  seedSetId: null,
  parameters: [],
  parameterTexts: {},
  recordCount: "100",
  budgetUsd: "1.00",
  formats: ["JSONL"],
  split: "",
  maxFailed: DEFAULT_MAX_FAILED,
  priority: "NORMAL",
  capacity: "SPOT_FIRST",
  taskSize: "",
  inFlight: "",
  partitionBy: "",
};

/** The version requested in the address, for the template requested there; null for the latest. */
function requestedVersion(params: URLSearchParams, templateId: string | null): number | null {
  const version = Number(params.get("templateVersion"));
  return params.get("templateId") === templateId && Number.isInteger(version) && version > 0 ? version : null;
}

function useSelected({ templateId, seedSetId }: JobForm, version: number | null) {
  const { data: templateData, error: templateError } = useQuery(TemplateDocument, {
    variables: { id: templateId ?? "", version },
    skip: templateId === null,
  });
  const { data: seedData, error: seedError } = useQuery(SeedSetDocument, {
    variables: { id: seedSetId ?? "" },
    skip: seedSetId === null,
  });
  return {
    template: templateId === null ? undefined : templateData?.getTemplate,
    seedSet: seedSetId === null ? undefined : seedData?.getSeedSet,
    notFound: { template: isNotFound(templateError), seedSet: isNotFound(seedError) },
  };
}

function isNotFound(error: unknown): boolean {
  return error !== undefined && explainError(error).kind === "NotFound";
}

/** The fields whose errors a change clears, where they are not the changed field alone. A template also sets the name. */
const FIELDS_OF: Partial<Record<keyof JobForm, string[]>> = {
  templateId: ["templateId", "name"],
  parameterTexts: ["parameters"],
};
