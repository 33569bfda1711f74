import type { ArchiveFieldsFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { archiveSentence } from "./archive.ts";
import { useRestoreDataset } from "../../mutations/useRestoreDataset.ts";
import { Button } from "../../ui/Button.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { Notice } from "../../ui/States.tsx";

/** Where the dataset lies, in words, and the way to bring it back. A change is said aloud. */
export function ArchiveNotice({ archive }: { readonly archive: ArchiveFieldsFragment | null }) {
  return <div aria-live="polite">{archive && <Words archive={archive} />}</div>;
}

function Words({ archive }: { readonly archive: ArchiveFieldsFragment }) {
  const sentence = archiveSentence(archive);
  if (sentence === null) return null;
  if (archive.state === "AVAILABLE") return <p className="small faint">{sentence}</p>;
  return (
    <Notice tone={archive.state === "RESTORED" ? "good" : "plain"}>
      <div className="stack-tight">
        <p>{sentence}</p>
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
      <Button look="primary" icon="retry" busy={busy} onClick={() => void run(() => restoreDataset(jobId))}>
        Restore
      </Button>
      <FieldError error={error} />
    </div>
  );
}
