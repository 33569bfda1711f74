import { useState } from "react";
import { useApolloClient, useQuery } from "@apollo/client/react";
import { Link, useSearchParams } from "react-router";
import { JOB_STATUSES } from "#core/job/job";
import { JobRow } from "./JobRow.tsx";
import { explainError } from "../../errors.ts";
import { JobsDocument, type JobStatus } from "../../generated/documents.ts";
import { useAfterConnect } from "../../link/Realtime.ts";
import { STATUS_LABELS } from "../labels.ts";
import { paths } from "../../paths.ts";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { EmptyState, ErrorState, Notice, SkeletonCards } from "../../ui/States.tsx";

const PAGE = 20;
const MAX_PAGE = 100;

/** My jobs, newest first, updated live. */
export function JobsPage() {
  const [params] = useSearchParams();
  const status = JOB_STATUSES.find((known) => known === params.get("status")) ?? null;
  const { data, error, refetch, more, loadingMore } = useJobs(status);
  const jobs = data?.listJobs.items.filter((job) => job.status !== "DELETING");
  return (
    <>
      <title>Jobs · Plot Palette</title>
      <div className="page-head">
        <h1>Jobs</h1>
        <ButtonLink to={paths.newJob()} variant="primary" icon="plus">
          New job
        </ButtonLink>
      </div>
      <div className="stack">
        <StatusFilter selected={status} />
        {!jobs && !error && <SkeletonCards count={4} label="Loading jobs" />}
        {!jobs && error && (
          <ErrorState text={explainError(error).text} onRetry={() => void refetch().catch(() => undefined)} />
        )}
        {jobs && error && <Notice tone="warn">{explainError(error).text}</Notice>}
        {jobs?.length === 0 && !data?.listJobs.nextToken && <NoJobs status={status} />}
        <ul className="stack">
          {jobs?.map((job) => (
            <li key={job.id}>{<JobRow job={job} />}</li>
          ))}
        </ul>
        {data?.listJobs.nextToken && (
          <Button className="more" busy={loadingMore} onClick={() => void more()}>
            Show more
          </Button>
        )}
      </div>
    </>
  );
}

function useJobs(status: JobStatus | null) {
  const client = useApolloClient();
  const [loadingMore, setLoadingMore] = useState(false);
  const result = useQuery(JobsDocument, { variables: { status, limit: PAGE }, fetchPolicy: "cache-and-network" });
  const { data, fetchMore } = result;
  const more = async () => {
    setLoadingMore(true);
    // The failure shows up in `error`, beside the jobs.
    await fetchMore({ variables: { nextToken: data?.listJobs.nextToken } }).catch(() => undefined);
    setLoadingMore(false);
  };
  // As many as are on screen, so that the list keeps its length.
  const refetch = () => {
    const limit = Math.min(MAX_PAGE, Math.max(PAGE, data?.listJobs.items.length ?? 0));
    return client.query({ query: JobsDocument, variables: { status, limit }, fetchPolicy: "network-only" });
  };
  useAfterConnect(refetch);
  return { ...result, refetch: result.data ? refetch : result.refetch, more, loadingMore };
}

function StatusFilter({ selected }: { readonly selected: JobStatus | null }) {
  return (
    <nav className="tabs" aria-label="Jobs by status">
      {FILTERS.map((status) => (
        <Link
          key={status ?? "ALL"}
          to={paths.jobs(status ?? undefined)}
          className="tab"
          aria-current={status === selected ? "page" : undefined}
        >
          {status ? STATUS_LABELS[status] : "All"}
        </Link>
      ))}
    </nav>
  );
}

const FILTERS = [null, ...JOB_STATUSES.filter((status) => status !== "DELETING")];

function NoJobs({ status }: { readonly status: JobStatus | null }) {
  if (status) {
    return (
      <EmptyState
        icon="list"
        title={`No jobs with status “${STATUS_LABELS[status]}”`}
        actions={<ButtonLink to={paths.jobs()}>Show all jobs</ButtonLink>}
      />
    );
  }
  const actions = (
    <>
      <ButtonLink to={paths.newJob()} variant="primary" icon="plus" large>
        New job
      </ButtonLink>
      <ButtonLink to={paths.templatesOf("samples")} large>
        Browse samples
      </ButtonLink>
    </>
  );
  return (
    <EmptyState icon="spark" title="Create your first dataset" actions={actions}>
      Choose a template and seeds, then set the number of records and a budget. Sample templates and seeds are included.
    </EmptyState>
  );
}
