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

/** Retries the records that failed. */
export function RetryDialog({ job, failed, onClose }: Props) {
  const [usd, setUsd] = useState(() => editUsd(job.budgetNanos));
  const [shown, setShown] = useState(false);
  const retryFailed = useRetryFailed();
  const { run, busy, error } = useAction(onClose);
  const budget = raisedBudget(usd, job);
  const confirm = () => {
    setShown(true);
    if (budget.error === null) void run(() => retryFailed(job.id, budget.nanos));
  };
  return (
    <Dialog
      title={failed > 0 ? "Retry failed records" : "Retry this job"}
      action="Retry"
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">
        {failed > 0 ? `${showCounted(failed, "record")} failed; each gets new attempts with different seeds. ` : ""}
        Completed records are kept, and the job also continues with the records it had not started.
      </p>
      <RaiseBudgetField {...{ job, usd }} autoFocus error={shown ? budget.error : null} onChange={setUsd} />
    </Dialog>
  );
}
