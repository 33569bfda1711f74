import { useEffect } from "react";
import { useQuery } from "@apollo/client/react";
import { Link, useLocation } from "react-router";
import { JobDocument } from "../../generated/documents.ts";
import { useRestoredDatasets } from "./RestoredDatasets.ts";
import { paths } from "../../paths.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/States.tsx";

/** Announces on every page that a dataset has been restored, until its job's page is opened or the notice dismissed. */
export function RestoredDatasetsNotice() {
  const { jobIds, dismiss } = useRestoredDatasets();
  const { pathname } = useLocation();
  const open = jobIds.find((id) => pathname === paths.job(id));
  useEffect(() => {
    if (open !== undefined) dismiss(open);
  }, [open, dismiss]);
  return (
    <div className="notifications" role="status">
      {jobIds
        .filter((id) => id !== open)
        .map((id) => (
          <RestoredDataset key={id} jobId={id} onDismiss={() => dismiss(id)} />
        ))}
    </div>
  );
}

function RestoredDataset({ jobId, onDismiss }: { readonly jobId: string; readonly onDismiss: () => void }) {
  const { data } = useQuery(JobDocument, { variables: { id: jobId } });
  if (!data?.getJob) return null;
  return (
    <Notice tone="good">
      <div className="row-between">
        <span>
          The dataset of <Link to={paths.job(jobId)}>{data.getJob.name}</Link> has been restored from the archive.
        </span>
        <Button variant="quiet" icon="cross" aria-label="Dismiss" onClick={onDismiss} />
      </div>
    </Notice>
  );
}
