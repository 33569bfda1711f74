import { useState } from "react";
import { useApolloClient, useQuery } from "@apollo/client/react";
import { Link, useSearchParams } from "react-router";
import { JOB_STATUSES } from "#core/job/job";
import { JobRow } from "./JobRow.tsx";
import { explainError } from "../../errors.ts";
import { JobsDocument, type JobStatus } from "../../generated/documents.ts";
import { useAfterConnect } from "../../link/Realtime.ts";
import { STATUS_WORDS } from "../messages.ts";
import { paths } from "../../paths.ts";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Empty, Failure, Notice, SkeletonCards } from "../../ui/States.tsx";

const PAGE = 20;
const MAX_PAGE = 100;

/** My jobs, newest first, moving while they run. */
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
        <ButtonLink to={paths.newJob()} look="primary" icon="plus">
          New job
        </ButtonLink>
      </div>
      <div className="stack">
        <StatusFilter chosen={status} />
        {!jobs && !error && <SkeletonCards count={4} label="Loading your jobs" />}
        {!jobs && error && <Failure text={explainError(error).text} onRetry={() => void refetch()} />}
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
    // What went wrong stands in `error` beside what is shown.
    await fetchMore({ variables: { nextToken: data?.listJobs.nextToken } }).catch(() => undefined);
    setLoadingMore(false);
  };
  // As many as are on the screen, so that the list keeps its length.
  const refetch = () => {
    const limit = Math.min(MAX_PAGE, Math.max(PAGE, data?.listJobs.items.length ?? 0));
    return client
      .query({ query: JobsDocument, variables: { status, limit }, fetchPolicy: "network-only" })
      .catch(() => undefined);
  };
  useAfterConnect(refetch);
  return { ...result, refetch: result.data ? refetch : result.refetch, more, loadingMore };
}

function StatusFilter({ chosen }: { readonly chosen: JobStatus | null }) {
  return (
    <nav className="tabs" aria-label="Jobs by status">
      {FILTERS.map((status) => (
        <Link
          key={status ?? "ALL"}
          to={paths.jobs(status ?? undefined)}
          className="tab"
          aria-current={status === chosen ? "page" : undefined}
        >
          {status ? STATUS_WORDS[status] : "All"}
        </Link>
      ))}
    </nav>
  );
}

const FILTERS = [null, ...JOB_STATUSES.filter((status) => status !== "DELETING")];

function NoJobs({ status }: { readonly status: JobStatus | null }) {
  if (status) {
    return (
      <Empty
        icon="list"
        title={`No job is ${STATUS_WORDS[status].toLowerCase()}`}
        actions={<ButtonLink to={paths.jobs()}>Show all jobs</ButtonLink>}
      />
    );
  }
  const actions = (
    <>
      <ButtonLink to={paths.newJob()} look="primary" icon="plus" large>
        New job
      </ButtonLink>
      <ButtonLink to={paths.templates} large>
        See the samples
      </ButtonLink>
    </>
  );
  return (
    <Empty icon="spark" title="Make your first dataset" actions={actions}>
      Choose a template and seeds, say how many records you want and what they may cost. Samples of both are there to
      begin with.
    </Empty>
  );
}
