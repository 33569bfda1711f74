import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { ChooseSeeds } from "./ChooseSeeds.tsx";
import { ChooseTemplate, type ChoosableTemplate } from "./ChooseTemplate.tsx";
import { JobParameters } from "./JobParameters.tsx";
import { JobSize } from "./JobSize.tsx";
import { JobSummary } from "./JobSummary.tsx";
import { explainError } from "../../errors.ts";
import { SeedSetDocument, TemplateDocument } from "../../generated/documents.ts";
import {
  checkForm,
  FIRST_MAX_FAILED,
  fieldOfRefusal,
  formatsOf,
  toInput,
  type FieldName,
  type FormErrors,
  type JobForm,
} from "./form.ts";
import { columnsToPartitionBy } from "../../templates/columns.ts";
import { useCreateJob } from "../../mutations/useCreateJob.ts";
import { paths } from "../../paths.ts";
import { checkFit, isRefused } from "../../templates/fit.ts";
import { Icon } from "../../ui/Icon.tsx";

/** Chooses a template and seeds, a size, a budget and formats, and starts the job. */
export default function NewJobPage() {
  const navigate = useNavigate();
  const createJob = useCreateJob();
  const { form, change, choose, errors, setErrors, template, seedSet } = useJobForm();
  const [general, setGeneral] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const fits = template && seedSet?.status === "READY" ? checkFit(template.analysis.reads, seedSet.collections) : null;

  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    const faults = checkForm(form);
    if (seedSet && seedSet.status !== "READY") faults.seedSetId = "These seeds are not ready yet.";
    else if (fits && isRefused(fits))
      faults.seedSetId = "The template reads what these seeds do not have. Choose others.";
    setErrors(faults);
    setGeneral(null);
    if (Object.keys(faults).length > 0) return showFirst(faults);
    setBusy(true);
    try {
      const job = await createJob(toInput(form));
      void navigate(paths.job(job.id));
    } catch (error) {
      const { kind, text } = explainError(error);
      const field = kind === "BadInput" || kind === "NotFound" ? fieldOfRefusal(text) : undefined;
      setErrors(field ? { [field]: text } : {});
      if (field) showFirst({ [field]: text });
      else setGeneral(text);
      setBusy(false);
    }
  };

  return (
    <>
      <title>New job · Plot Palette</title>
      <Link to={paths.jobs()} className="crumb">
        <Icon name="back" />
        Jobs
      </Link>
      <div className="page-head">
        <h1>New job</h1>
      </div>
      <div className="wizard">
        <div className="stack sections">
          <ChooseTemplate chosen={template} chosenId={form.templateId} error={errors.templateId} onChoose={choose} />
          <ChooseSeeds
            chosenId={form.seedSetId}
            fits={fits}
            reads={template?.analysis.reads ?? []}
            error={errors.seedSetId}
            onChoose={(seedSetId) => change({ seedSetId })}
          />
          <JobParameters form={form} error={errors.parameters} onChange={change} />
          <form id="new-job" className="card stack sections-tight" onSubmit={(event) => void submit(event)} noValidate>
            <JobSize
              form={form}
              errors={errors}
              trainingFormats={template?.analysis.trainingFormats ?? []}
              columns={columnsToPartitionBy(template?.analysis)}
              attempts={
                template
                  ? { boundNanos: template.analysis.maxAttemptCost.costNanos, most: template.analysis.maxAttempts }
                  : null
              }
              onChange={change}
            />
          </form>
        </div>
        <JobSummary form={form} template={template} seedSet={seedSet} error={general} busy={busy} />
      </div>
    </>
  );
}

const FIRST_FORM: JobForm = {
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
  maxFailed: FIRST_MAX_FAILED,
  priority: "NORMAL",
  capacity: "SPOT_FIRST",
  taskSize: "SMALL",
  partitionBy: "",
};

/** The form with what has been chosen read from the server: the address can bring a template or seeds along. */
function useJobForm() {
  const [params] = useSearchParams();
  const [form, setForm] = useState<JobForm>(() => ({
    ...FIRST_FORM,
    templateId: params.get("templateId"),
    seedSetId: params.get("seedSetId"),
  }));
  const [ownName, setOwnName] = useState(false);
  const [errors, setErrors] = useState<FormErrors>({});
  const { data: templateData } = useQuery(TemplateDocument, {
    variables: { id: form.templateId ?? "", version: askedVersion(params, form.templateId) },
    skip: form.templateId === null,
  });
  const { data: seedData } = useQuery(SeedSetDocument, {
    variables: { id: form.seedSetId ?? "" },
    skip: form.seedSetId === null,
  });
  const template = form.templateId === null ? undefined : templateData?.getTemplate;
  const seedSet = form.seedSetId === null ? undefined : seedData?.getSeedSet;

  const change = (part: Partial<JobForm>) => {
    if (part.name !== undefined) setOwnName(part.name !== "");
    setForm((known) => ({ ...known, ...part }));
    // A template brings its name along.
    const answered = Object.keys(part).flatMap((field) => ANSWERS[field as keyof JobForm] ?? [field]);
    setErrors((known) => Object.fromEntries(Object.entries(known).filter(([field]) => !answered.includes(field))));
  };
  // The seeds that were made for a sample go with it, unless others are chosen already.
  const choose = ({ id, sampleSeedSetId }: ChoosableTemplate) =>
    change({ templateId: id, seedSetId: sampleSeedSetId ?? form.seedSetId, parameterTexts: {} });

  const name = ownName ? form.name : (template?.name ?? "");
  const parameters = template?.analysis.parameters ?? [];
  const offered = formatsOf(template?.analysis.trainingFormats ?? []);
  // What another template allowed is not asked of this one.
  const formats = template ? form.formats.filter((format) => offered.includes(format)) : form.formats;
  const shown = { ...form, name, parameters, formats, templateVersion: template?.version ?? null };
  return { form: shown, change, choose, errors, setErrors, template, seedSet };
}

/** The version that the address asks for, of the template that it asks for; null for the latest. */
function askedVersion(params: URLSearchParams, templateId: string | null): number | null {
  const version = Number(params.get("templateVersion"));
  return params.get("templateId") === templateId && Number.isInteger(version) && version > 0 ? version : null;
}

/** The fields that a change answers beside its own. */
const ANSWERS: Partial<Record<keyof JobForm, string[]>> = {
  templateId: ["templateId", "name"],
  parameterTexts: ["parameters"],
};

/** Takes the eye to the first field that has to change. */
function showFirst(errors: FormErrors): void {
  const first = ORDER.find((field) => errors[field]);
  const place = document.getElementById(`field-${first}`);
  place?.scrollIntoView({ block: "center" });
  place?.querySelector<HTMLElement>("input, select")?.focus({ preventScroll: true });
}

const ORDER: readonly FieldName[] = [
  "templateId",
  "seedSetId",
  "parameters",
  "recordCount",
  "budgetUsd",
  "formats",
  "split",
  "maxFailed",
  "partitionBy",
  "name",
];
