import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "react-router";
import { Downloads } from "../dataset/Downloads.tsx";
import { FailureCauses } from "./FailureCauses.tsx";
import { JobControls } from "../change/JobControls.tsx";
import { JobCost } from "./JobCost.tsx";
import { JobDetails } from "./JobDetails.tsx";
import { JobStats } from "./JobStats.tsx";
import { LatestRecords } from "./LatestRecords.tsx";
import { PageError } from "../../layout/PageError.tsx";
import { Snapshot } from "../dataset/Snapshot.tsx";
import { JobStatusBadge } from "../JobStatusBadge.tsx";
import { JobDocument, type JobFieldsFragment } from "../../generated/documents.ts";
import { useAfterConnect } from "../../link/Realtime.ts";
import { useTotals } from "../useTotals.ts";
import { forecastOf } from "../forecasts.ts";
import { statusMessage } from "../messages.ts";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Notice, SkeletonCards } from "../../ui/States.tsx";
import { useNow } from "../../ui/useNow.ts";

/** One job, live. */
export function JobPage() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(JobDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
    // The page stays while it is refetched: "not found" does not flicker.
    notifyOnNetworkStatusChange: false,
  });
  useAfterConnect(() => refetch());
  if (data) return <JobView job={data.getJob} />;
  if (error) return <PageError error={error} what="job" onRetry={() => void refetch().catch(() => undefined)} />;
  return <SkeletonCards count={3} label="Loading job" />;
}

function JobView({ job }: { readonly job: JobFieldsFragment }) {
  const nowMs = useNow(job.status === "RUNNING" ? 5_000 : null);
  const totals = useTotals(job, nowMs);
  return (
    <>
      <title>{`${job.name} · Plot Palette`}</title>
      <Link to={paths.jobs()} className="crumb">
        <Icon name="back" />
        Jobs
      </Link>
      <div className="page-head">
        <div className="page-title">
          <div className="row">
            <h1>{job.name}</h1>
            <JobStatusBadge status={job.status} />
          </div>
          <p aria-live="polite">{statusMessage(job, totals.delivered)}</p>
        </div>
        <JobControls job={job} />
      </div>
      <div className="stack">
        {job.statusReason && <Notice tone={job.status === "FAILED" ? "bad" : "warn"}>{job.statusReason}</Notice>}
        {totals.modelProblem !== null && (
          <Notice tone="warn">{totals.modelProblem} The job continues as soon as the model answers.</Notice>
        )}
        <JobStats job={job} totals={totals} forecast={forecastOf(job, totals, nowMs)} nowMs={nowMs} />
        <div className="job-columns">
          <div className="stack">
            <Downloads job={job} />
            <FailureCauses progress={job.progress} />
            <JobCost job={job} totals={totals} />
            <Snapshot job={job} delivered={totals.delivered} />
            <LatestRecords progress={job.progress} />
            {totals.delivered === 0 && job.datasetFiles.length === 0 && (
              <p className="card faint">Records appear here as they are generated.</p>
            )}
          </div>
          <JobDetails job={job} totals={totals} />
        </div>
      </div>
    </>
  );
}
