import { useState } from "react";
import { MAX_BUDGET_NANOS } from "#core/job";
import { parseUsd } from "#core/money";
import type { JobFactsFragment } from "../generated/documents.ts";
import { useAction } from "../hooks/useAction.ts";
import { editUsd, showUsd } from "../money.ts";
import { useResumeJob } from "../mutations/useResumeJob.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { TextField } from "../ui/Field.tsx";

interface Props {
  readonly job: JobFactsFragment;
  readonly onClose: () => void;
}

/** Goes on with a job. One that reached its budget needs a larger one, a paused one may keep its own. */
export function ResumeDialog({ job, onClose }: Props) {
  const needsMore = job.status === "BUDGET_EXCEEDED";
  const [usd, setUsd] = useState(() =>
    editUsd(needsMore ? Math.min(MAX_BUDGET_NANOS, job.budgetNanos * 2) : job.budgetNanos),
  );
  const [shown, setShown] = useState(false);
  const resumeJob = useResumeJob();
  const { run, busy, error } = useAction(onClose);
  const budgetNanos = parseUsd(usd);
  const fault = budgetFault(budgetNanos, job.budgetNanos, needsMore);
  const confirm = () => {
    setShown(true);
    if (!fault) void run(() => resumeJob(job.id, budgetNanos === job.budgetNanos ? null : (budgetNanos ?? null)));
  };
  return (
    <Dialog
      title={needsMore ? "Raise the budget and go on" : "Resume this job"}
      action={needsMore ? "Raise and resume" : "Resume"}
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">
        {needsMore
          ? "The next record could have cost more than was left. Nothing that was made is made or paid for again."
          : "It goes on where it stopped. You can give it a larger budget on the way."}
      </p>
      <TextField
        label="Budget in US dollars"
        sign="$"
        inputMode="decimal"
        autoFocus
        value={usd}
        error={shown ? fault : null}
        hint={`Until now ${showUsd(job.budgetNanos)}. One record can cost ${showUsd(job.recordBoundNanos)} at most.`}
        onChange={(event) => setUsd(event.target.value)}
      />
    </Dialog>
  );
}

function budgetFault(nanos: number | undefined, oldNanos: number, needsMore: boolean): string | null {
  if (nanos === undefined) return "Expected dollars, as in 2.50.";
  if (nanos > MAX_BUDGET_NANOS) return `A job's budget can be ${showUsd(MAX_BUDGET_NANOS)} at most.`;
  if (needsMore && nanos <= oldNanos) return `Expected more than the ${showUsd(oldNanos)} of until now.`;
  return nanos < oldNanos ? `A budget can be raised, not lowered: expected ${showUsd(oldNanos)} or more.` : null;
}
