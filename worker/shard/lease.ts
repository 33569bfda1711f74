/**
 * A lease by the worker's own clock, which nobody can set: no call begins after half of it without renewal, and before its
 * end all calls are aborted.
 */
import type { ConditionVariable } from "../condition-variable.ts";
import type { Clock } from "../ports.ts";

/** What is left is for aborting and for the clocks of others to differ in speed. */
const EXPIRY_FRACTION = 0.85;

export class Lease {
  #renewedAtMs: number;
  #cancelEnd: () => void = () => {};

  /** `askedAtMs`: the monotonic time before the lease was asked for. */
  constructor(
    readonly clock: Clock,
    readonly leaseMs: number,
    askedAtMs: number,
    readonly changed: ConditionVariable,
    readonly onEnd: () => void,
  ) {
    this.#renewedAtMs = askedAtMs;
    this.renewed(askedAtMs);
  }

  /** `askedAtMs`: the monotonic time before the renewal was asked for. */
  renewed(askedAtMs: number): void {
    this.#renewedAtMs = askedAtMs;
    this.#cancelEnd();
    this.#cancelEnd = this.clock.after(
      Math.max(0, askedAtMs + this.leaseMs * EXPIRY_FRACTION - this.clock.monotonicMs()),
      this.onEnd,
    );
    this.changed.notifyAll();
  }

  get ageMs(): number {
    return this.clock.monotonicMs() - this.#renewedAtMs;
  }

  /** Whether a call may begin. */
  get isFresh(): boolean {
    return this.ageMs < this.leaseMs / 2;
  }

  /** Stops watching. */
  dispose(): void {
    this.#cancelEnd();
  }
}
