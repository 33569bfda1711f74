import { useState } from "react";
import { flushSync } from "react-dom";
import { Link, useNavigate } from "react-router";
import { explainError } from "../../errors.ts";
import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { useCreateJob } from "../../mutations/useCreateJob.ts";
import { paths } from "../../paths.ts";
import { columnsToPartitionBy } from "../../templates/columns.ts";
import { checkFit, isIncompatible, type Fit } from "../../templates/fit.ts";
import { Icon } from "../../ui/Icon.tsx";
import { ChooseSeeds } from "./ChooseSeeds.tsx";
import { ChooseTemplate } from "./ChooseTemplate.tsx";
import { showFirstError } from "./firstError.ts";
import { checkForm, fieldOfError, toInput, type FormErrors, type JobForm } from "./form.ts";
import { FitCard } from "./FitCard.tsx";
import { JobParameters } from "./JobParameters.tsx";
import { JobSize } from "./JobSize.tsx";
import { JobSummary } from "./JobSummary.tsx";
import { useJobForm } from "./useJobForm.ts";

/** Choose a template and seeds, a size, a budget and formats, and start the job. */
export default function NewJobPage() {
  const { form, change, choose, errors, setErrors, template, seedSet, notFound } = useJobForm();
  const analysis = template?.analysis;
  const fits = analysis && seedSet?.status === "READY" ? checkFit(analysis.reads, seedSet.collections) : null;
  const { start, error, busy } = useStart((found) => {
    // The messages must be on the page, and sections opened for them, before one of them can be shown.
    flushSync(() => setErrors(found));
    showFirstError(found);
  });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    void start(form, { ...checkForm(form), ...seedError(seedSet, fits) });
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
          <ChooseTemplate
            selected={template}
            selectedId={form.templateId}
            error={errors.templateId}
            notFound={notFound.template}
            onSelect={choose}
          />
          <ChooseSeeds
            selectedId={form.seedSetId}
            reads={analysis?.reads ?? []}
            error={errors.seedSetId}
            notFound={notFound.seedSet}
            onSelect={(seedSetId) => change({ seedSetId })}
          >
            {template && seedSet && fits && fits.length > 0 && (
              <FitCard {...{ fits, template, seedSet }} onFiltered={(seedSetId) => change({ seedSetId })} />
            )}
          </ChooseSeeds>
          <JobParameters form={form} error={errors.parameters} onChange={change} />
          <form id="new-job" className="card stack sections-tight" onSubmit={submit} noValidate>
            <JobSize
              form={form}
              errors={errors}
              trainingFormats={analysis?.trainingFormats ?? []}
              columns={columnsToPartitionBy(analysis)}
              attempts={
                analysis
                  ? { maxCostNanos: analysis.maxAttemptCost.costNanos, maxPerRecord: analysis.maxAttempts }
                  : null
              }
              onChange={change}
            />
          </form>
        </div>
        <JobSummary form={form} template={template} seedSet={seedSet} error={error} busy={busy} />
      </div>
    </>
  );
}

/**
 * Creates the job and opens its page. `error` is what went wrong when no field is to blame.
 * @param onErrors called with the errors by field, none when the form is submitted
 */
function useStart(onErrors: (errors: FormErrors) => void) {
  const navigate = useNavigate();
  const createJob = useCreateJob();
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const start = async (form: JobForm, errors: FormErrors) => {
    onErrors(errors);
    setError(null);
    if (Object.keys(errors).length > 0) return;
    setBusy(true);
    try {
      const job = await createJob(toInput(form));
      void navigate(paths.job(job.id));
    } catch (cause) {
      const { kind, text } = explainError(cause);
      const field = kind === "BadInput" || kind === "NotFound" ? fieldOfError(text) : undefined;
      if (field) onErrors({ [field]: text });
      else setError(text);
      setBusy(false);
    }
  };
  return { start, error, busy };
}

function seedError(seedSet: SeedSetFieldsFragment | undefined, fits: readonly Fit[] | null): FormErrors {
  if (seedSet && seedSet.status !== "READY") return { seedSetId: "These seeds are not ready yet." };
  if (fits && isIncompatible(fits)) return { seedSetId: "These seeds lack required fields. Choose other seeds." };
  return {};
}
