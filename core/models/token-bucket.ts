/**
 * What may be used in a minute, requests or tokens, spread evenly: a token bucket. In no minute is more begun than the
 * allowance, one second's share of it, and what the last taker took beyond what was there.
 */
const MINUTE_MS = 60_000;
/** So much of the allowance may be saved up. */
const BURST_MS = 1_000;

/** Less than this is missing only because sums of fractions are not exact. */
const ROUNDING = 1e-6;

export class TokenBucket {
  #refillPerMs: number;
  #refilledAtMs: number;
  /** Below 0 after a taker that is larger than what may be saved, or that used more than it thought. */
  #available: number;

  constructor(perMinute: number, nowMs: number) {
    this.#refillPerMs = perMinute / MINUTE_MS;
    this.#available = this.#capacity;
    this.#refilledAtMs = nowMs;
  }

  /** From now on so much a minute. */
  setRate(perMinute: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#refillPerMs = perMinute / MINUTE_MS;
    this.#available = Math.min(this.#available, this.#capacity);
  }

  /** How long until so much may be taken. What is larger than what may be saved waits until that is there. */
  waitMs(amount: number, nowMs: number): number {
    this.#refill(nowMs);
    const missing = Math.min(amount, this.#capacity) - this.#available;
    return missing <= ROUNDING ? 0 : Math.ceil(missing / this.#refillPerMs);
  }

  take(amount: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#available -= amount;
  }

  /** What was taken and not used; below 0 when more was used. */
  refund(amount: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#available = Math.min(this.#available + amount, this.#capacity);
  }

  get #capacity(): number {
    return this.#refillPerMs * BURST_MS;
  }

  #refill(nowMs: number): void {
    this.#available = Math.min(this.#capacity, this.#available + (nowMs - this.#refilledAtMs) * this.#refillPerMs);
    this.#refilledAtMs = nowMs;
  }
}
