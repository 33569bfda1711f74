import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import type { RealtimeConnection, RealtimeState } from "./RealtimeConnection.ts";

export const RealtimeContext = createContext<RealtimeConnection | null>(null);

/** The state of the realtime connection. */
export function useRealtimeState(): RealtimeState {
  const realtime = useRealtime();
  return useSyncExternalStore(
    (changed) => realtime.watch(changed),
    () => realtime.state,
  );
}

/**
 * Refetches what is on screen after each (re)connect, because updates sent in the meantime are not replayed. The connection
 * counts as live only once it has come back, be it with an error of the API's.
 * @param refetch may return undefined when there is nothing to fetch
 */
export function useAfterConnect(refetch: () => Promise<unknown> | undefined): void {
  const realtime = useRealtime();
  const latest = useRef(refetch);
  useEffect(() => {
    latest.current = refetch;
  });
  useEffect(() => realtime.afterConnect(() => answered(latest.current())), [realtime]);
}

async function answered(refetched: Promise<unknown> | undefined): Promise<void> {
  await refetched?.catch((error: unknown) => {
    if (!CombinedGraphQLErrors.is(error)) throw error;
  });
}

/** Tells the connection when the browser's network goes and comes back, and closes it with the component. */
export function useBrowserNetwork(realtime: RealtimeConnection): void {
  useEffect(() => {
    const goOffline = () => realtime.goOffline();
    const goOnline = () => realtime.goOnline();
    addEventListener("offline", goOffline);
    addEventListener("online", goOnline);
    return () => {
      removeEventListener("offline", goOffline);
      removeEventListener("online", goOnline);
      realtime.close();
    };
  }, [realtime]);
}

function useRealtime(): RealtimeConnection {
  const realtime = useContext(RealtimeContext);
  if (!realtime) throw new Error("The realtime connection is only available inside a session.");
  return realtime;
}
