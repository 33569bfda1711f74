import { useState } from "react";
import { useNavigate } from "react-router";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { actionsFor } from "./actions.ts";
import { useCancelJob } from "../../mutations/useCancelJob.ts";
import { useDeleteJob } from "../../mutations/useDeleteJob.ts";
import { usePauseJob } from "../../mutations/usePauseJob.ts";
import { paths } from "../../paths.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { ChangeJobDialog } from "./ChangeJobDialog.tsx";
import { ResumeDialog } from "./ResumeDialog.tsx";
import { RetryDialog } from "./RetryDialog.tsx";

/** What can be done with a job as it stands. What cannot be undone is asked about first. */
export function JobControls({ job }: { readonly job: JobFieldsFragment }) {
  const [asking, setAsking] = useState<"resume" | "change" | "retry" | "cancel" | "delete" | null>(null);
  const failed = job.progress.reduce((sum, shard) => sum + shard.failed, 0);
  const can = actionsFor(job.status, failed);
  const close = () => setAsking(null);
  return (
    <div className="stack-tight job-controls">
      <div className="row">
        {can.canPause && <PauseButton id={job.id} />}
        {can.canResume && (
          <Button look="primary" icon="play" onClick={() => setAsking("resume")}>
            {job.status === "BUDGET_EXCEEDED" ? "Raise budget" : "Resume"}
          </Button>
        )}
        {can.canRetry && (
          <Button icon="play" onClick={() => setAsking("retry")}>
            {failed > 0 ? "Retry failed" : "Try again"}
          </Button>
        )}
        {(can.canChange || can.canExtend) && (
          <Button icon="plus" onClick={() => setAsking("change")}>
            {can.canExtend ? "Add records" : "Change"}
          </Button>
        )}
        {can.canCancel && (
          <Button icon="stop" onClick={() => setAsking("cancel")}>
            Cancel job
          </Button>
        )}
        {can.canDelete && (
          <Button icon="trash" onClick={() => setAsking("delete")}>
            Delete
          </Button>
        )}
      </div>
      {asking === "resume" && <ResumeDialog job={job} onClose={close} />}
      {asking === "change" && <ChangeJobDialog job={job} onClose={close} />}
      {asking === "retry" && <RetryDialog job={job} failed={failed} onClose={close} />}
      {asking === "cancel" && <CancelDialog job={job} onClose={close} />}
      {asking === "delete" && <DeleteDialog job={job} onClose={close} />}
    </div>
  );
}

function PauseButton({ id }: { readonly id: string }) {
  const pauseJob = usePauseJob();
  const { run, busy, error } = useAction();
  return (
    <>
      <Button icon="pause" busy={busy} onClick={() => run(() => pauseJob(id))}>
        Pause
      </Button>
      <FieldError error={error} />
    </>
  );
}

interface DialogProps {
  readonly job: JobFieldsFragment;
  readonly onClose: () => void;
}

function CancelDialog({ job, onClose }: DialogProps) {
  const cancelJob = useCancelJob();
  const { run, busy, error } = useAction(onClose);
  const confirm = () => run(() => cancelJob(job.id));
  return (
    <Dialog
      title="Cancel this job for good?"
      action="Cancel job"
      look="danger"
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">
        It cannot be resumed. What was made so far becomes its dataset. Calls on their way are given up, and count as
        the most they can cost. To stop it for a while only, pause it: then they are waited for.
      </p>
    </Dialog>
  );
}

function DeleteDialog({ job, onClose }: DialogProps) {
  const deleteJob = useDeleteJob();
  const navigate = useNavigate();
  const { run, busy, error } = useAction(() => navigate(paths.jobs()));
  const confirm = () => run(() => deleteJob(job.id));
  return (
    <Dialog
      title={`Delete “${job.name}”?`}
      action="Delete"
      look="danger"
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">The job and its datasets are removed and cannot be brought back.</p>
    </Dialog>
  );
}
