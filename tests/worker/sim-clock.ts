/** A clock whose time advances only when nothing else is running: hours of work in milliseconds, deterministically. */
import type { Clock } from "../../worker/ports.ts";

interface Timer {
  readonly atMs: number;
  readonly no: number;
  readonly action: () => void;
}

export class SimClock implements Clock {
  #nowMs = Date.parse("2026-11-23T12:00:00Z");
  #timers: Timer[] = [];
  #no = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), no: this.#no++, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass without anything happening: everyone was asleep. */
  skip(ms: number): void {
    this.#nowMs += ms;
  }

  /** Lets time pass, timer by timer, until the promise settles. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    void work.finally(() => (settled = true)).catch(() => {});
    for (let idle = 0; ;) {
      // Whatever can happen now happens before time moves.
      for (let n = 0; n < 3 && !settled; n++) await new Promise((resolve) => setImmediate(resolve));
      if (settled) return await work;
      const next = this.#timers.reduce<Timer | undefined>(
        (first, timer) =>
          !first || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.no < first.no) ? timer : first,
        undefined,
      );
      if (!next) {
        // Something outside simulated time (a WebAssembly module) is being waited for.
        if (++idle > 5_000) throw new Error("Nothing is left to wait for, and the work has not ended.");
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      idle = 0;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
  }
}
