import { showMoment, showRelative } from "./format.ts";
import { useNow } from "./useNow.ts";

/** A relative time, with the full date and time in its tooltip. */
export function Time({ at }: { readonly at: string }) {
  const nowMs = useNow(30_000);
  return (
    <time dateTime={at} title={showMoment(at)}>
      {showRelative(at, nowMs)}
    </time>
  );
}
