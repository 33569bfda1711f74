import { useState } from "react";
import { MAX_BUDGET_NANOS } from "#core/job/job";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { editUsd } from "../../money.ts";
import { useResumeJob } from "../../mutations/useResumeJob.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { raisedBudget, RaiseBudgetField } from "./RaiseBudgetField.tsx";

interface Props {
  readonly job: JobFieldsFragment;
  readonly onClose: () => void;
}

/** Resumes a job. One that reached its budget needs a larger one; a paused one may keep its own. */
export function ResumeDialog({ job, onClose }: Props) {
  const needsMore = job.status === "BUDGET_EXCEEDED";
  const [usd, setUsd] = useState(() =>
    editUsd(needsMore ? Math.min(MAX_BUDGET_NANOS, job.budgetNanos * 2) : job.budgetNanos),
  );
  const [shown, setShown] = useState(false);
  const resumeJob = useResumeJob();
  const { run, busy, error } = useAction(onClose);
  const budget = raisedBudget(usd, job, { needsMore });
  const confirm = () => {
    setShown(true);
    if (budget.error === null) void run(() => resumeJob(job.id, budget.nanos));
  };
  return (
    <Dialog
      title={needsMore ? "Raise the budget and resume" : "Resume this job"}
      action={needsMore ? "Raise and resume" : "Resume"}
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">
        {needsMore
          ? "The next record could have cost more than the remaining budget. Completed records are not generated or paid for again."
          : "The job continues where it stopped. You can also raise its budget."}
      </p>
      <RaiseBudgetField {...{ job, usd }} autoFocus error={shown ? budget.error : null} onChange={setUsd} />
    </Dialog>
  );
}
