import { showMoment, showRelative } from "./format.ts";
import { useNow } from "./useNow.ts";

/** How long ago, with the full moment in its title. */
export function Time({ at }: { readonly at: string }) {
  const nowMs = useNow(30_000);
  return (
    <time dateTime={at} title={showMoment(at)}>
      {showRelative(at, nowMs)}
    </time>
  );
}
