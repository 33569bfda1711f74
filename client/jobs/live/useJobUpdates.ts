import { useEffect } from "react";
import type { ApolloClient } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { repeat } from "rxjs";
import { JobDocument, OnJobChangedDocument } from "../../generated/documents.ts";
import { applyJobChange, knownArchive } from "./applyJobChange.ts";
import { isNewlyRestored } from "./freshness.ts";
import { updateJobLists } from "../../mutations/jobLists.ts";

/**
 * Feeds the cache with updates of all jobs of the signed-in user. Used once, by the session.
 * @param onRestored called when a job's dataset has been restored from the archive; must be the same function on every render
 */
export function useJobUpdates(onRestored: (jobId: string) => void): void {
  const client = useApolloClient();
  useEffect(() => {
    const requested = new Set<string>();
    const updates = client.subscribe({ query: OnJobChangedDocument, fetchPolicy: "no-cache" });
    const subscription = updates.pipe(repeat({ delay: RESUBSCRIBE_MS })).subscribe(({ data, error }) => {
      if (error) console.warn("The subscription to jobs failed:", error);
      const change = data?.onJobChanged;
      if (!change) return;
      if (isNewlyRestored(knownArchive(client.cache, change.jobId), change)) onRestored(change.jobId);
      if (applyJobChange(client.cache, change) || requested.has(change.jobId)) return;
      requested.add(change.jobId);
      void fetchNewJob(client, change.jobId).finally(() => requested.delete(change.jobId));
    });
    return () => subscription.unsubscribe();
  }, [client, onRestored]);
}

/** After the server ended the subscription; lost connections are handled by RealtimeConnection. */
const RESUBSCRIBE_MS = 10_000;

/** A job that was started or extended elsewhere: in another window or on the command line. */
async function fetchNewJob(client: ApolloClient, id: string): Promise<void> {
  const { data } = await client.query({
    query: JobDocument,
    variables: { id },
    fetchPolicy: "network-only",
    errorPolicy: "ignore",
  });
  if (data) updateJobLists(client.cache, data.getJob);
}
