import { useEffect } from "react";
import { useApolloClient } from "@apollo/client/react";
import { repeat } from "rxjs";
import { OnSeedSetChangedDocument } from "../generated/documents.ts";

/** Feeds the cache with updates of seed sets. Used once, by the session. */
export function useSeedSetUpdates(): void {
  const client = useApolloClient();
  useEffect(() => {
    const updates = client.subscribe({ query: OnSeedSetChangedDocument });
    const subscription = updates.pipe(repeat({ delay: RESUBSCRIBE_MS })).subscribe(({ error }) => {
      if (error) console.warn("The subscription to seed sets failed:", error);
    });
    return () => subscription.unsubscribe();
  }, [client]);
}

/** After the server ended the subscription; lost connections are handled by RealtimeConnection. */
const RESUBSCRIBE_MS = 10_000;
