import type { Clock } from "../service.ts";

/** The two clocks are read one after the other; less than this between them is not a move. */
const JITTER_MS = 50;

/** How far the cloud's clock is ahead of the machine's, in milliseconds; 0 unless somebody moved it. */
export function clockAhead(clock: Clock): number {
  const aheadMs = clock.now() - Date.now();
  return Math.abs(aheadMs) < JITTER_MS ? 0 : aheadMs;
}
