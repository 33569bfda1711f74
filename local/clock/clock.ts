import type { Clock } from "../service.ts";

export interface MovableClock extends Clock {
  /** @throws RangeError for a negative distance, or one that takes the clock too far ahead */
  advance(milliseconds: number): void;
}

/** Far enough to outlive anything that is stored, and within what dates, tokens and signatures can express. */
const MOST_YEARS_AHEAD = 100;
const MOST_AHEAD_MS = MOST_YEARS_AHEAD * 365 * 24 * 3_600_000;

/** The machine's time plus an offset that only grows. A restart resets it. */
export function movableClock(): MovableClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    advance: (milliseconds) => {
      if (!(milliseconds >= 0)) {
        throw new RangeError(`The clock can only move forward, by 0 or more milliseconds, not by ${milliseconds}.`);
      }
      if (aheadMs + milliseconds > MOST_AHEAD_MS) {
        throw new RangeError(
          `The clock can be at most ${MOST_YEARS_AHEAD} years ahead (${MOST_AHEAD_MS} milliseconds); it is ${aheadMs} milliseconds ahead and cannot move by ${milliseconds}.`,
        );
      }
      aheadMs += milliseconds;
    },
  };
}
