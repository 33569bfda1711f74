/**
 * How often a slot may be attempted. Each slot is entitled to one attempt; all further ones of a shard come from one pool, so
 * that the limit is on the total, a hard slot may use what easy ones leave, and no shard needs another's counts.
 */

/** One slot may make at most this multiple of the average, so that none empties the pool. */
const SLOT_ATTEMPTS_FACTOR = 5;

export interface AttemptLimits {
  /** The shard's slots. */
  readonly slots: number;
  /** Per slot, on average. */
  readonly maxAttempts: number;
}

/** A shard's counts; all are in its row, so the pool follows from the last checkpoint. */
export interface AttemptCounts {
  /** Attempts that ended, with any result. */
  readonly attempts: number;
  /** The unsuccessful ones of earlier passes: a new pass has a new pool. */
  readonly priorUnsuccessfulAttempts: number;
  readonly delivered: number;
  readonly failed: number;
}

/**
 * Attempts beyond the first of each slot, including those in progress. A finished slot used one less than it made; in a slot
 * in progress every attempt that ended was followed by another.
 */
export function retriesUsed({ attempts, priorUnsuccessfulAttempts, delivered, failed }: AttemptCounts): number {
  return attempts - priorUnsuccessfulAttempts - delivered - failed;
}

/**
 * Whether a slot is retried after an unsuccessful attempt.
 * @param counts without the attempt that just ended
 * @param attempt the number of that attempt in its pass, from 0
 */
export function mayRetry({ slots, maxAttempts }: AttemptLimits, counts: AttemptCounts, attempt: number): boolean {
  const pool = (maxAttempts - 1) * slots;
  return retriesUsed(counts) < pool && attempt + 1 < SLOT_ATTEMPTS_FACTOR * maxAttempts;
}
