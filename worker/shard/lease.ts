/**
 * A lease by the worker's own monotonic clock: no call starts after half of it without renewal, and all calls are aborted before
 * it ends.
 */
import type { ConditionVariable } from "../condition-variable.ts";
import type { Clock } from "../ports.ts";

/** The rest leaves time to abort, and for other machines' clocks to run at a different speed. */
const EXPIRY_FRACTION = 0.85;

export class Lease {
  #renewedAtMs: number;
  #cancelExpiry: () => void = () => {};

  /** `askedAtMs`: the monotonic time before the lease was requested. */
  constructor(
    readonly clock: Clock,
    readonly leaseMs: number,
    askedAtMs: number,
    readonly changed: ConditionVariable,
    readonly onExpiry: () => void,
  ) {
    this.#renewedAtMs = askedAtMs;
    this.renewed(askedAtMs);
  }

  /** `askedAtMs`: the monotonic time before the renewal was requested. */
  renewed(askedAtMs: number): void {
    this.#renewedAtMs = askedAtMs;
    this.#cancelExpiry();
    this.#cancelExpiry = this.clock.after(
      Math.max(0, askedAtMs + this.leaseMs * EXPIRY_FRACTION - this.clock.monotonicMs()),
      this.onExpiry,
    );
    this.changed.notifyAll();
  }

  get ageMs(): number {
    return this.clock.monotonicMs() - this.#renewedAtMs;
  }

  /** Whether a call may start. */
  get isFresh(): boolean {
    return this.ageMs < this.leaseMs / 2;
  }

  /** Stops the timer. */
  dispose(): void {
    this.#cancelExpiry();
  }
}
