import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import type { RealtimeConnection, RealtimeState } from "./RealtimeConnection.ts";

export const RealtimeContext = createContext<RealtimeConnection | null>(null);

/** Whether news arrives just now. */
export function useRealtimeState(): RealtimeState {
  const realtime = useRealtime();
  return useSyncExternalStore(
    (changed) => realtime.watch(changed),
    () => realtime.state,
  );
}

/** Reads again what is on the screen each time the connection has come up: news sent meanwhile is not repeated. */
export function useAfterConnect(refetch: () => unknown): void {
  const realtime = useRealtime();
  const latest = useRef(refetch);
  useEffect(() => {
    latest.current = refetch;
  });
  useEffect(
    () =>
      realtime.watch((state) => {
        if (state === "live") latest.current();
      }),
    [realtime],
  );
}

function useRealtime(): RealtimeConnection {
  const realtime = useContext(RealtimeContext);
  if (!realtime) throw new Error("The connection is used outside of a session.");
  return realtime;
}
