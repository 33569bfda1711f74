import type { Clock } from "../service.ts";

export interface MovableClock extends Clock {
  /** @throws Error with a sentence for a negative distance */
  advance(milliseconds: number): void;
}

/** The machine's time plus a distance that only grows. A new start begins at the machine's time again. */
export function movableClock(): MovableClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    advance: (milliseconds) => {
      if (!(milliseconds >= 0)) {
        throw new Error(`The clock moves forward by 0 or more milliseconds, not by ${milliseconds}.`);
      }
      aheadMs += milliseconds;
    },
  };
}
