import type { ApolloCache } from "@apollo/client";
import { JOB_STATUSES } from "#core/job/job";
import { JobsDocument, type JobFieldsFragment, type JobsQuery, type JobStatus } from "../generated/documents.ts";

/** Inserts a job into every cached list it now belongs to, newest first, and removes it from the others. */
export function updateJobLists(cache: ApolloCache, job: JobFieldsFragment): void {
  for (const status of [null, ...JOB_STATUSES]) {
    cache.updateQuery({ query: JobsDocument, variables: { status } }, (list) => list && place(list, job, status));
  }
}

function place(list: JobsQuery, job: JobFieldsFragment, status: JobStatus | null): JobsQuery {
  const { items, nextToken } = list.listJobs;
  const others = items.filter((item) => item.id !== job.id);
  const before = others.filter((item) => item.id > job.id);
  // Beyond the last loaded item, it arrives with its own page.
  const isLoaded = before.length < others.length || nextToken === null;
  const belongs = job.status !== "DELETING" && (status === null || job.status === status) && isLoaded;
  const placed = belongs ? [...before, job, ...others.slice(before.length)] : others;
  return { ...list, listJobs: { ...list.listJobs, items: placed } };
}
