import type { Clock } from "../service.ts";

export interface MovableClock extends Clock {
  /** @throws Error for a negative distance */
  advance(milliseconds: number): void;
}

/** The machine's time plus an offset that only grows. A restart resets it. */
export function movableClock(): MovableClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    advance: (milliseconds) => {
      if (!(milliseconds >= 0)) {
        throw new Error(`The clock can only move forward, by 0 or more milliseconds, not by ${milliseconds}.`);
      }
      aheadMs += milliseconds;
    },
  };
}
