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

/** Until there is a dataset: the records so far as a file. */
export function Snapshot({ job, delivered }: Props) {
  const takeSnapshot = useTakeSnapshot();
  const { run, busy, error } = useAction();
  const { download, pending, error: downloadError } = useDownload(job.id);
  const { snapshot } = job;
  const isCreating = snapshot?.state === "CREATING";
  if (!["QUEUED", "RUNNING", "PAUSED"].includes(job.status) || job.datasetFiles.length > 0) return null;
  if (delivered === 0 && !snapshot) return null;
  return (
    <section className="card stack" aria-labelledby="snapshot-title">
      <h2 id="snapshot-title">Partial dataset</h2>
      <p className="soft" aria-live="polite">
        {snapshot ? (
          <>
            {describe(snapshot)} <Time at={snapshot.takenAt} />
          </>
        ) : (
          "Export the records generated so far as one JSON Lines file. The full dataset is exported when the job ends."
        )}
      </p>
      <div className="row">
        {snapshot?.state === "READY" && (
          <Button
            icon="download"
            variant="primary"
            busy={pending === SNAPSHOT_FILE}
            onClick={() => void download(SNAPSHOT_FILE)}
          >
            Download {showCounted(snapshot.rows ?? 0, "record")}
          </Button>
        )}
        <Button icon="file" busy={busy || isCreating} onClick={() => void run(() => takeSnapshot(job.id))}>
          {snapshot?.state === "READY" ? "Refresh snapshot" : "Export snapshot"}
        </Button>
      </div>
      <FieldError error={error ?? downloadError} />
    </section>
  );
}

function describe({ state, statusReason, rows, bytes }: NonNullable<JobStateFragment["snapshot"]>): string {
  if (state === "CREATING") return "Exporting the snapshot. Requested";
  if (state === "FAILED") return `${statusReason ?? "The snapshot could not be exported."} Requested`;
  return `${showCounted(rows ?? 0, "record")} · ${showBytes(bytes ?? 0)} · kept for one day · taken`;
}
