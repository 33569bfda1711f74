import { useEffect } from "react";
import { useQuery } from "@apollo/client/react";
import { Link, useLocation } from "react-router";
import { JobDocument } from "../../generated/documents.ts";
import { useDatasetsBack } from "./RestoredDatasets.ts";
import { paths } from "../../paths.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/States.tsx";

/** Says on whatever page that datasets are back from the archive, until their job's page is opened. */
export function DatasetsBackNotice() {
  const { jobIds, seen } = useDatasetsBack();
  const { pathname } = useLocation();
  const open = jobIds.find((id) => pathname === paths.job(id));
  useEffect(() => {
    if (open !== undefined) seen(open);
  }, [open, seen]);
  return (
    <div className="news" role="status">
      {jobIds
        .filter((id) => id !== open)
        .map((id) => (
          <Back key={id} jobId={id} onSeen={() => seen(id)} />
        ))}
    </div>
  );
}

function Back({ jobId, onSeen }: { readonly jobId: string; readonly onSeen: () => void }) {
  const { data } = useQuery(JobDocument, { variables: { id: jobId } });
  if (!data?.getJob) return null;
  return (
    <Notice tone="good">
      <div className="row-between">
        <span>
          The dataset of <Link to={paths.job(jobId)}>{data.getJob.name}</Link> is back from the archive.
        </span>
        <Button look="quiet" icon="cross" aria-label="Dismiss" onClick={onSeen} />
      </div>
    </Notice>
  );
}
