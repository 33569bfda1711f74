import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { ChooseSeeds } from "../components/ChooseSeeds.tsx";
import { ChooseTemplate } from "../components/ChooseTemplate.tsx";
import { JobSize } from "../components/JobSize.tsx";
import { JobSummary } from "../components/JobSummary.tsx";
import { explainError } from "../errors.ts";
import { SeedSetDocument, TemplateDocument, type TemplateCard_TemplateFragment } from "../generated/documents.ts";
import { checkForm, fieldOfRefusal, toInput, type FieldName, type FormErrors, type JobForm } from "../jobs/form.ts";
import { useCreateJob } from "../mutations/useCreateJob.ts";
import { paths } from "../paths.ts";
import { checkFit, isRefused } from "../templates/fit.ts";
import { Icon } from "../ui/Icon.tsx";

/** Chooses a template and seeds, a size, a budget and formats, and starts the job. */
export default function NewJobPage() {
  const navigate = useNavigate();
  const createJob = useCreateJob();
  const { form, change, choose, errors, setErrors, template, seedSet } = useJobForm();
  const [general, setGeneral] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const fits = template && seedSet?.status === "READY" ? checkFit(template.reads, seedSet.collections) : null;

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
            wanted={template?.reads.map((read) => read.collection) ?? []}
            error={errors.seedSetId}
            onChoose={(seedSetId) => change({ seedSetId })}
          />
          <form id="new-job" className="card stack sections-tight" onSubmit={(event) => void submit(event)} noValidate>
            <JobSize
              form={form}
              errors={errors}
              recordBoundNanos={template?.recordBoundNanos ?? null}
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
  recordCount: "100",
  budgetUsd: "1.00",
  formats: ["JSONL"],
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
    variables: { id: form.templateId ?? "", version: null },
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
    const answered = part.templateId === undefined ? Object.keys(part) : [...Object.keys(part), "name"];
    setErrors((known) => Object.fromEntries(Object.entries(known).filter(([field]) => !answered.includes(field))));
  };
  // The seeds that were made for a sample go with it, unless others are chosen already.
  const choose = ({ id, sampleSeedSetId }: TemplateCard_TemplateFragment) =>
    change({ templateId: id, seedSetId: sampleSeedSetId ?? form.seedSetId });

  const name = ownName ? form.name : (template?.name ?? "");
  const shown = { ...form, name, templateVersion: template?.version ?? null };
  return { form: shown, change, choose, errors, setErrors, template, seedSet };
}

/** Takes the eye to the first field that has to change. */
function showFirst(errors: FormErrors): void {
  const first = ORDER.find((field) => errors[field]);
  const place = document.getElementById(`field-${first}`);
  place?.scrollIntoView({ block: "center" });
  place?.querySelector<HTMLElement>("input")?.focus({ preventScroll: true });
}

const ORDER: readonly FieldName[] = ["templateId", "seedSetId", "recordCount", "budgetUsd", "formats", "name"];
