/**
 * What may be used in a minute, requests or tokens, spread evenly: a token bucket. In no minute is more begun than the
 * allowance, one second's share of it, and what the last taker took beyond what was there.
 */
const MINUTE_MS = 60_000;
/** So much of the allowance may be saved up. */
const SAVED_MS = 1_000;

/** Less than this is missing only because sums of fractions are not exact. */
const ROUNDING = 1e-6;

export class Allowance {
  #perMs: number;
  #atMs: number;
  /** Below 0 after a taker that is larger than what may be saved, or that used more than it thought. */
  #left: number;

  constructor(perMinute: number, nowMs: number) {
    this.#perMs = perMinute / MINUTE_MS;
    this.#left = this.#most;
    this.#atMs = nowMs;
  }

  /** From now on so much a minute. */
  change(perMinute: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#perMs = perMinute / MINUTE_MS;
    this.#left = Math.min(this.#left, this.#most);
  }

  /** How long until so much may be taken. What is larger than what may be saved waits until that is there. */
  waitMs(amount: number, nowMs: number): number {
    this.#refill(nowMs);
    const missing = Math.min(amount, this.#most) - this.#left;
    return missing <= ROUNDING ? 0 : Math.ceil(missing / this.#perMs);
  }

  take(amount: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#left -= amount;
  }

  /** What was taken and not used; below 0 when more was used. */
  giveBack(amount: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#left = Math.min(this.#left + amount, this.#most);
  }

  get #most(): number {
    return this.#perMs * SAVED_MS;
  }

  #refill(nowMs: number): void {
    this.#left = Math.min(this.#most, this.#left + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
