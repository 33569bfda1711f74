import { useState } from "react";
import { MAX_RECORDS, PRIORITIES } from "#core/job/job";
import type { JobFieldsFragment, JobPriority } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { editUsd } from "../../money.ts";
import { useExtendJob } from "../../mutations/useExtendJob.ts";
import { useRaiseBudget } from "../../mutations/useRaiseBudget.ts";
import { useSetJobPriority } from "../../mutations/useSetJobPriority.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { showCount } from "../../ui/format.ts";
import { Notice } from "../../ui/States.tsx";
import { forecastMessage, forecastOf } from "../forecasts.ts";
import { PRIORITY_LABELS } from "../labels.ts";
import { parseCount } from "../recordCount.ts";
import { totalsOf } from "../totals.ts";
import { raisedBudget, RaiseBudgetField } from "./RaiseBudgetField.tsx";

interface Props {
  readonly job: JobFieldsFragment;
  readonly onClose: () => void;
}

/** Gives a job more records, a larger budget or another priority. A job that has ended resumes with the new records. */
export function ChangeJobDialog({ job, onClose }: Props) {
  const hasEnded = job.status === "COMPLETED" || job.status === "BUDGET_EXCEEDED";
  const [count, setCount] = useState(() => showCount(job.recordCount));
  const [usd, setUsd] = useState(() => editUsd(job.budgetNanos));
  const [priority, setPriority] = useState<JobPriority>(job.priority);
  const [shown, setShown] = useState(false);
  const applyChanges = useApplyChanges(job);
  const { run, busy, error } = useAction(onClose);
  const recordCount = parseCount(count);
  const invalidCount = countError(recordCount, job.recordCount, hasEnded);
  const budget = raisedBudget(usd, job);
  const budgetNanos = budget.error === null ? budget.nanos : null;
  const confirm = () => {
    setShown(true);
    if (recordCount === undefined || invalidCount !== null || budget.error !== null) return;
    void run(() => applyChanges({ recordCount, budgetNanos, priority }));
  };
  return (
    <Dialog
      title={hasEnded ? "Add records to this job" : "Edit this job"}
      action={hasEnded ? "Add records" : "Save"}
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">
        {hasEnded
          ? "The current dataset stays available until the one with all records is exported."
          : "Changes take effect within seconds."}{" "}
        Completed records are not generated or paid for again.
      </p>
      <TextField
        label="Records"
        inputMode="numeric"
        autoFocus
        value={count}
        error={shown ? invalidCount : null}
        hint={`Current: ${showCount(job.recordCount)}. Records can be added, not removed.`}
        onChange={(event) => setCount(event.target.value)}
      />
      <RaiseBudgetField {...{ job, usd }} error={shown ? budget.error : null} onChange={setUsd} />
      <ForecastNotice {...{ job, budgetNanos }} recordCount={recordCount ?? job.recordCount} />
      {!hasEnded && <PriorityField priority={priority} onChange={setPriority} />}
    </Dialog>
  );
}

interface Changes {
  readonly recordCount: number;
  /** Null when the budget is unchanged. */
  readonly budgetNanos: number | null;
  readonly priority: JobPriority;
}

function useApplyChanges(job: JobFieldsFragment) {
  const extendJob = useExtendJob();
  const raiseBudget = useRaiseBudget();
  const setJobPriority = useSetJobPriority();
  return async ({ recordCount, budgetNanos, priority }: Changes) => {
    if (recordCount > job.recordCount) await extendJob(job.id, recordCount, budgetNanos);
    else if (budgetNanos !== null) await raiseBudget(job.id, budgetNanos);
    if (priority !== job.priority) await setJobPriority(job.id, priority);
  };
}

function countError(count: number | undefined, current: number, needsMore: boolean): string | null {
  if (count === undefined) return `Enter a whole number up to ${showCount(MAX_RECORDS)}.`;
  if (needsMore && count <= current) return `Must exceed the current number of records (${showCount(current)}).`;
  return count < current ? `Records can be added, not removed: enter ${showCount(current)} or more.` : null;
}

/** How the job would end with that many records and that budget, from what its records have cost so far. */
function ForecastNotice({ job, recordCount, budgetNanos }: Omit<Changes, "priority"> & Pick<Props, "job">) {
  const nowMs = Date.now();
  // The job continues from the queue, whether or not it has ended.
  const changed = { ...job, status: "QUEUED" as const, recordCount, budgetNanos: budgetNanos ?? job.budgetNanos };
  const forecast = forecastOf(changed, totalsOf(changed, nowMs), nowMs);
  if (!forecast) return null;
  const message = forecastMessage(forecast, recordCount, nowMs);
  if (forecast.isBudgetSufficient) return <p className="small soft number">{message}</p>;
  return <Notice tone="warn">{message}</Notice>;
}

interface PriorityFieldProps {
  readonly priority: JobPriority;
  readonly onChange: (priority: JobPriority) => void;
}

function PriorityField({ priority, onChange }: PriorityFieldProps) {
  return (
    <SelectField label="Priority" value={priority} onChange={(event) => onChange(event.target.value as JobPriority)}>
      {PRIORITIES.map((known) => (
        <option key={known} value={known}>
          {PRIORITY_LABELS[known]}
        </option>
      ))}
    </SelectField>
  );
}
