/**
 * How often a slot may be tried. Each slot is entitled to one attempt; all further ones of a shard come out of one pool, so the
 * cap is on the attempts of the whole, a hard slot may use what easy ones leave, and no shard needs another's numbers.
 */

/** One slot alone may make so many times the average, so that none empties the pool. */
const SLOT_ATTEMPTS_FACTOR = 5;

export interface AttemptLimits {
  /** Those of the shard. */
  readonly slots: number;
  /** For each slot, on average. */
  readonly maxAttempts: number;
}

/** Where a shard stands; all of it is in its row, so the pool is what the last checkpoint says it is. */
export interface AttemptCounts {
  /** Those that ended, in whatever way. */
  readonly attempts: number;
  /** Of those, the ones that gave nothing before its failed slots were taken up again: a new pass has a new pool. */
  readonly priorUnsuccessfulAttempts: number;
  readonly delivered: number;
  readonly failed: number;
}

/**
 * Attempts beyond the first of each slot, those in hand included. A slot that is done used one less than it made; of a slot in
 * hand every attempt that ended was followed by another.
 */
export function retriesUsed({ attempts, priorUnsuccessfulAttempts, delivered, failed }: AttemptCounts): number {
  return attempts - priorUnsuccessfulAttempts - delivered - failed;
}

/**
 * Whether a slot goes on after an attempt that gave nothing.
 * @param counts without the attempt that just ended
 * @param attempt the number of that attempt in its pass, from 0
 */
export function mayRetry({ slots, maxAttempts }: AttemptLimits, counts: AttemptCounts, attempt: number): boolean {
  const pool = (maxAttempts - 1) * slots;
  return retriesUsed(counts) < pool && attempt + 1 < SLOT_ATTEMPTS_FACTOR * maxAttempts;
}
