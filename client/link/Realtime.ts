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

/** Refetches what is on screen each time the connection goes live: updates sent in the meantime are not replayed. */
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
  if (!realtime) throw new Error("The realtime connection is only available inside a session.");
  return realtime;
}
