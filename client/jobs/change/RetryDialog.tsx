import { useState } from "react";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { editUsd } from "../../money.ts";
import { useRetryFailed } from "../../mutations/useRetryFailed.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { showCounted } from "../../ui/format.ts";
import { raisedBudget, RaiseBudgetField } from "./RaiseBudgetField.tsx";

interface Props {
  readonly job: JobFieldsFragment;
  readonly failed: number;
  readonly onClose: () => void;
}

/** Takes up again what the job could not make. */
export function RetryDialog({ job, failed, onClose }: Props) {
  const [usd, setUsd] = useState(() => editUsd(job.budgetNanos));
  const [shown, setShown] = useState(false);
  const retryFailed = useRetryFailed();
  const { run, busy, error } = useAction(onClose);
  const budget = raisedBudget(usd, job);
  const confirm = () => {
    setShown(true);
    if (budget.fault === null) void run(() => retryFailed(job.id, budget.nanos));
  };
  return (
    <Dialog
      title={failed > 0 ? "Retry what failed" : "Try this job again"}
      action="Retry"
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">
        {failed > 0 ? `${showCounted(failed, "record")} failed; each gets new attempts with other seeds. ` : ""}
        What was made stays, and the job also goes on with what it never came to.
      </p>
      <RaiseBudgetField {...{ job, usd }} autoFocus error={shown ? budget.fault : null} onChange={setUsd} />
    </Dialog>
  );
}
