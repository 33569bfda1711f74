import type { ArchiveFieldsFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { archiveMessage } from "./archive.ts";
import { useRestoreDataset } from "../../mutations/useRestoreDataset.ts";
import { Button } from "../../ui/Button.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { Notice } from "../../ui/States.tsx";

/** Whether the dataset is archived, with a button to restore it. Screen readers announce changes. */
export function ArchiveNotice({ archive }: { readonly archive: ArchiveFieldsFragment | null }) {
  return <div aria-live="polite">{archive && <ArchiveMessage archive={archive} />}</div>;
}

function ArchiveMessage({ archive }: { readonly archive: ArchiveFieldsFragment }) {
  const message = archiveMessage(archive);
  if (message === null) return null;
  if (archive.state === "AVAILABLE") return <p className="small faint">{message}</p>;
  return (
    <Notice tone={archive.state === "RESTORED" ? "good" : "plain"}>
      <div className="stack-tight">
        <p>{message}</p>
        {archive.state === "ARCHIVED" && <RestoreButton jobId={archive.jobId} />}
      </div>
    </Notice>
  );
}

function RestoreButton({ jobId }: { readonly jobId: string }) {
  const restoreDataset = useRestoreDataset();
  const { run, busy, error } = useAction();
  return (
    <div>
      <Button variant="primary" icon="retry" busy={busy} onClick={() => void run(() => restoreDataset(jobId))}>
        Restore
      </Button>
      <FieldError error={error} />
    </div>
  );
}
