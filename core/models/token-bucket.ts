/**
 * A token bucket for requests or tokens per minute, spread evenly. No minute exceeds the rate, plus one second's burst, plus
 * what the last taker took beyond what was available.
 */
const MINUTE_MS = 60_000;
/** The burst: how much of the rate may accumulate. */
const BURST_MS = 1_000;

/** A shortage below this is floating-point error. */
const ROUNDING = 1e-6;

export class TokenBucket {
  #refillPerMs: number;
  #refilledAtMs: number;
  /** Below 0 after a taker larger than the capacity, or one that used more than expected. */
  #available: number;

  constructor(perMinute: number, nowMs: number) {
    this.#refillPerMs = perMinute / MINUTE_MS;
    this.#available = this.#capacity;
    this.#refilledAtMs = nowMs;
  }

  setRate(perMinute: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#refillPerMs = perMinute / MINUTE_MS;
    this.#available = Math.min(this.#available, this.#capacity);
  }

  /** How long until the amount may be taken. An amount above the capacity waits until the bucket is full. */
  waitMs(amount: number, nowMs: number): number {
    this.#refill(nowMs);
    const missing = Math.min(amount, this.#capacity) - this.#available;
    return missing <= ROUNDING ? 0 : Math.ceil(missing / this.#refillPerMs);
  }

  take(amount: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#available -= amount;
  }

  /** Returns what was taken and not used; negative when more was used. */
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
