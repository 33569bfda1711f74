import { useEffect } from "react";
import type { ApolloClient } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { repeat } from "rxjs";
import { JobDocument, OnJobChangedDocument } from "../../generated/documents.ts";
import { applyNews, knownArchive } from "./applyJobChange.ts";
import { tellsOfReturn } from "../dataset/archive.ts";
import { placeInLists } from "./lists.ts";

/**
 * Feeds the cache with news of all jobs of the signed-in person. Used once, by the session.
 * @param onBack called when a job's dataset has come back from the archive; the same function at every render
 */
export function useJobNews(onBack: (jobId: string) => void): void {
  const client = useApolloClient();
  useEffect(() => {
    const asked = new Set<string>();
    const news = client.subscribe({ query: OnJobChangedDocument, fetchPolicy: "no-cache" });
    const subscription = news.pipe(repeat({ delay: RESTART_MS })).subscribe(({ data, error }) => {
      if (error) console.warn("News of jobs was refused:", error);
      const change = data?.onJobChanged;
      if (!change) return;
      if (tellsOfReturn(knownArchive(client.cache, change.jobId), change)) onBack(change.jobId);
      if (applyNews(client.cache, change) || asked.has(change.jobId)) return;
      asked.add(change.jobId);
      void fetchNewJob(client, change.jobId).finally(() => asked.delete(change.jobId));
    });
    return () => subscription.unsubscribe();
  }, [client, onBack]);
}

/** After a refusal; a lost connection is mended below. */
const RESTART_MS = 10_000;

/** A job that was started or extended elsewhere: by another window or the command line. */
async function fetchNewJob(client: ApolloClient, id: string): Promise<void> {
  const { data } = await client.query({
    query: JobDocument,
    variables: { id },
    fetchPolicy: "network-only",
    errorPolicy: "ignore",
  });
  if (data) placeInLists(client.cache, data.getJob);
}
