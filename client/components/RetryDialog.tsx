import { useState } from "react";
import { parseUsd } from "#core/money";
import type { JobFactsFragment } from "../generated/documents.ts";
import { useAction } from "../hooks/useAction.ts";
import { editUsd, showUsd } from "../money.ts";
import { useRetryFailed } from "../mutations/useRetryFailed.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { TextField } from "../ui/Field.tsx";
import { showCounted } from "../ui/format.ts";

interface Props {
  readonly job: JobFactsFragment;
  readonly failed: number;
  readonly onClose: () => void;
}

/** Takes up again what the job could not make. */
export function RetryDialog({ job, failed, onClose }: Props) {
  const [usd, setUsd] = useState(() => editUsd(job.budgetNanos));
  const [shown, setShown] = useState(false);
  const retryFailed = useRetryFailed();
  const { run, busy, error } = useAction(onClose);
  const budgetNanos = parseUsd(usd);
  const fault =
    budgetNanos === undefined || budgetNanos < job.budgetNanos
      ? `A budget can be raised, not lowered: expected ${showUsd(job.budgetNanos)} or more.`
      : null;
  const confirm = () => {
    setShown(true);
    if (budgetNanos === undefined || fault) return;
    void run(() => retryFailed(job.id, budgetNanos > job.budgetNanos ? budgetNanos : null));
  };
  return (
    <Dialog title="Retry what failed" action="Retry" {...{ busy, error, onClose }} onConfirm={confirm}>
      <p className="soft">
        {failed > 0 ? `${showCounted(failed, "record")} failed; each gets new attempts with other seeds. ` : ""}
        What was made stays, and the job also goes on with what it never came to.
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
