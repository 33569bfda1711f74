import { formatUsdApart } from "#core/money/money";
import { Link } from "react-router";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { useTotals } from "../useTotals.ts";
import { paths } from "../../paths.ts";
import { showCount, showDuration, showRate } from "../../ui/format.ts";
import { Time } from "../../ui/Time.tsx";
import { useNow } from "../../ui/useNow.ts";
import { RecordMeter } from "../JobMeters.tsx";
import { JobStatusBadge } from "../JobStatusBadge.tsx";

/** A job in the list, updated live. */
export function JobRow({ job }: { readonly job: JobFieldsFragment }) {
  const nowMs = useNow(job.status === "RUNNING" ? 10_000 : null);
  const totals = useTotals(job, nowMs);
  const [spent, budget] = formatUsdApart(totals.spentNanos, job.budgetNanos);
  return (
    <Link to={paths.job(job.id)} className="card card-link job-row">
      <div className="row-between">
        <h2 className="job-row-name">{job.name}</h2>
        <JobStatusBadge status={job.status} />
      </div>
      <p className="small faint">
        {job.templateName} · {job.seedSetName} · <Time at={job.createdAt} />
      </p>
      <RecordMeter job={job} totals={totals} />
      <div className="row-between small number">
        <span>
          <strong>{showCount(totals.delivered)}</strong> of {showCount(job.recordCount)} records
          {totals.failed > 0 && <span className="bad-text"> · {showCount(totals.failed)} failed</span>}
        </span>
        {totals.recordsPerSecond > 0 && (
          <span className="faint">
            {showRate(totals.recordsPerSecond)} records/s
            {totals.secondsLeft !== null && ` · ${showDuration(totals.secondsLeft)} left`}
          </span>
        )}
        <span className="faint">
          {spent} of {budget}
        </span>
      </div>
    </Link>
  );
}
