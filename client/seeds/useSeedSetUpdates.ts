import { useEffect } from "react";
import { useApolloClient } from "@apollo/client/react";
import { repeat } from "rxjs";
import { OnSeedSetChangedDocument } from "../generated/documents.ts";

/** Hears when the check of a seed set has ended; the cache takes the seed set as it is. Used once, by the session. */
export function useSeedSetNews(): void {
  const client = useApolloClient();
  useEffect(() => {
    const news = client.subscribe({ query: OnSeedSetChangedDocument });
    const subscription = news.pipe(repeat({ delay: RESTART_MS })).subscribe(({ error }) => {
      if (error) console.warn("News of seed sets was refused:", error);
    });
    return () => subscription.unsubscribe();
  }, [client]);
}

/** After a refusal; a lost connection is mended below. */
const RESTART_MS = 10_000;
