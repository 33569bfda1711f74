import { SNAPSHOT_FILE } from "#core/dataset/snapshot";
import type { JobStateFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { useDownload } from "./useDownload.ts";
import { useTakeSnapshot } from "../../mutations/useTakeSnapshot.ts";
import { Button } from "../../ui/Button.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { showBytes, showCounted } from "../../ui/format.ts";
import { Time } from "../../ui/Time.tsx";

interface Props {
  readonly job: JobStateFragment & { readonly id: string };
  readonly delivered: number;
}

/** While there is no dataset: the records so far as a file. */
export function Snapshot({ job, delivered }: Props) {
  const takeSnapshot = useTakeSnapshot();
  const { run, busy, error } = useAction();
  const { download, pending, error: downloadError } = useDownload(job.id);
  const { snapshot } = job;
  const isMaking = snapshot?.state === "CREATING";
  if (!["QUEUED", "RUNNING", "PAUSED"].includes(job.status) || job.datasetFiles.length > 0) return null;
  if (delivered === 0 && !snapshot) return null;
  return (
    <section className="card stack" aria-labelledby="snapshot-title">
      <h2 id="snapshot-title">What is there</h2>
      <p className="soft" aria-live="polite">
        {snapshot ? (
          <>
            {describe(snapshot)} <Time at={snapshot.takenAt} />
          </>
        ) : (
          "The records so far as one file in JSON lines. The dataset comes when the job ends."
        )}
      </p>
      <div className="row">
        {snapshot?.state === "READY" && (
          <Button
            icon="download"
            look="primary"
            busy={pending === SNAPSHOT_FILE}
            onClick={() => void download(SNAPSHOT_FILE)}
          >
            Download {showCounted(snapshot.rows ?? 0, "record")}
          </Button>
        )}
        <Button icon="file" busy={busy || isMaking} onClick={() => void run(() => takeSnapshot(job.id))}>
          {snapshot?.state === "READY" ? "Write it anew" : "Write what is there"}
        </Button>
      </div>
      <FieldError error={error ?? downloadError} />
    </section>
  );
}

function describe({ state, statusReason, rows, bytes }: NonNullable<JobStateFragment["snapshot"]>): string {
  if (state === "CREATING") return "The file is being written; asked for";
  if (state === "FAILED") return `${statusReason ?? "It could not be written."} Asked for`;
  return `${showCounted(rows ?? 0, "record")} · ${showBytes(bytes ?? 0)} · kept for a day from`;
}
