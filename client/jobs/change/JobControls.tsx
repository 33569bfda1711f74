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

/** The actions available for a job. Anything irreversible is confirmed first. */
export function JobControls({ job }: { readonly job: JobFieldsFragment }) {
  const [openDialog, setOpenDialog] = useState<"resume" | "change" | "retry" | "cancel" | "delete" | null>(null);
  const failed = job.progress.reduce((sum, shard) => sum + shard.failed, 0);
  const can = actionsFor(job.status, failed);
  const close = () => setOpenDialog(null);
  return (
    <div className="stack-tight job-controls">
      <div className="row">
        {can.canPause && <PauseButton id={job.id} />}
        {can.canResume && (
          <Button variant="primary" icon="play" onClick={() => setOpenDialog("resume")}>
            {job.status === "BUDGET_EXCEEDED" ? "Raise budget" : "Resume"}
          </Button>
        )}
        {can.canRetry && (
          <Button icon="retry" onClick={() => setOpenDialog("retry")}>
            {failed > 0 ? "Retry failed" : "Retry"}
          </Button>
        )}
        {(can.canChange || can.canExtend) && (
          <Button icon={can.canExtend ? "plus" : "edit"} onClick={() => setOpenDialog("change")}>
            {can.canExtend ? "Add records" : "Edit"}
          </Button>
        )}
        {can.canCancel && (
          <Button icon="stop" onClick={() => setOpenDialog("cancel")}>
            Cancel job
          </Button>
        )}
        {can.canDelete && (
          <Button icon="trash" onClick={() => setOpenDialog("delete")}>
            Delete
          </Button>
        )}
      </div>
      {openDialog === "resume" && <ResumeDialog job={job} onClose={close} />}
      {openDialog === "change" && <ChangeJobDialog job={job} onClose={close} />}
      {openDialog === "retry" && <RetryDialog job={job} failed={failed} onClose={close} />}
      {openDialog === "cancel" && <CancelDialog job={job} onClose={close} />}
      {openDialog === "delete" && <DeleteDialog job={job} onClose={close} />}
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
      title="Cancel this job permanently?"
      action="Cancel job"
      dismiss="Keep job"
      variant="danger"
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">
        A canceled job cannot be resumed. The records generated so far become its dataset. Calls in flight are abandoned
        and charged at their maximum cost. To stop temporarily, pause the job instead: calls in flight then complete.
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
      variant="danger"
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">The job and its datasets are permanently deleted.</p>
    </Dialog>
  );
}
