import type { Clock } from "../service.ts";

/** The two clocks are read one after the other, so a smaller difference does not mean that one was moved. */
const JITTER_MS = 50;

/** How far the cloud's clock is ahead of the machine's, in milliseconds; 0 unless it was moved. */
export function clockAhead(clock: Clock): number {
  const aheadMs = clock.now() - Date.now();
  return Math.abs(aheadMs) < JITTER_MS ? 0 : aheadMs;
}
