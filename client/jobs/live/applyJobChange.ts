import type { ApolloCache } from "@apollo/client";
import {
  ArchiveFieldsFragmentDoc,
  JobFieldsFragmentDoc,
  JobStateFragmentDoc,
  ShardFieldsFragmentDoc,
  type ArchiveFieldsFragment,
  type JobStateFragment,
  type OnJobChangedSubscription,
} from "../../generated/documents.ts";
import { updateJobLists } from "../../mutations/jobLists.ts";
import { isStaleArchive, isStaleJobState, isStaleShardReport, newerSnapshot } from "./freshness.ts";

type JobChange = NonNullable<OnJobChangedSubscription["onJobChanged"]>;

/**
 * Writes an update of a job into the cache unless the cache has a newer state. Returns false when the job has to be fetched:
 * it is not in the cache, or it was extended elsewhere and has shards that are not.
 */
export function applyJobChange(cache: ApolloCache, change: JobChange): boolean {
  const id = cache.identify({ __typename: "Job", id: change.jobId });
  const known = cache.readFragment({ id, fragment: JobStateFragmentDoc });
  if (!known) return false;
  const isExtended = !isStaleJobState(known, change) && change.recordCount > known.recordCount;
  cache.batch({
    update: (within) => {
      applyShard(within, change.shard);
      applyArchive(within, change.archive);
      if (isStaleJobState(known, change)) return;
      within.writeFragment({ id, fragment: JobStateFragmentDoc, data: stateOf(known, change) });
      if (known.status !== change.status) updateLists(within, id);
    },
  });
  return !isExtended;
}

function applyShard(cache: ApolloCache, shard: JobChange["shard"]): void {
  if (!shard) return;
  const id = cache.identify({ __typename: "ShardProgress", id: shard.id });
  const known = cache.readFragment({ id, fragment: ShardFieldsFragmentDoc });
  if (known && isStaleShardReport(known, shard)) return;
  cache.writeFragment({ id, fragment: ShardFieldsFragmentDoc, data: shard });
}

function applyArchive(cache: ApolloCache, archive: JobChange["archive"]): void {
  if (!archive) return;
  const known = knownArchive(cache, archive.jobId);
  if (known && isStaleArchive(known, archive)) return;
  cache.writeFragment({ id: archiveId(cache, archive.jobId), fragment: ArchiveFieldsFragmentDoc, data: archive });
}

/** The cached archive state of a job's dataset. */
export function knownArchive(cache: ApolloCache, jobId: string): ArchiveFieldsFragment | null {
  return cache.readFragment({ id: archiveId(cache, jobId), fragment: ArchiveFieldsFragmentDoc });
}

function archiveId(cache: ApolloCache, jobId: string): string | undefined {
  return cache.identify({ __typename: "DatasetArchive", jobId });
}

function updateLists(cache: ApolloCache, id: string | undefined): void {
  const job = cache.readFragment({ id, fragment: JobFieldsFragmentDoc, fragmentName: "JobFields" });
  if (job) updateJobLists(cache, job);
}

function stateOf(known: JobStateFragment, change: JobChange): JobStateFragment {
  const { status, outcome, statusReason, controlNo, budgetNanos, startedAt, finishedAt, datasetFiles } = change;
  const { recordCount, priority, datasetFileCount, datasetRows } = change;
  return {
    __typename: "Job",
    id: change.jobId,
    ...{ status, outcome, statusReason, controlNo, budgetNanos, startedAt, finishedAt, datasetFiles },
    ...{ recordCount, priority, datasetFileCount, datasetRows },
    snapshot: newerSnapshot(known.snapshot, change.snapshot),
  };
}
