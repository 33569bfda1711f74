/** Timers by the cloud's clock, which reaches their time either by itself or by being moved forward. */
import { isExhaustion, reportExhaustion } from "../exhaustion.ts";
import type { Clock } from "../service.ts";

/** How late an alarm may be; the clock can be moved at any time, so it has to be polled. */
const POLL_INTERVAL_MS = 100;

export class AlarmClock {
  readonly #alarms = new Map<object, { readonly dueMs: number; readonly run: () => void }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly clock: Clock) {}

  /** Calls `run` once at `dueMs` (milliseconds since the epoch, by the cloud's clock). Returns a function that cancels it. */
  at(dueMs: number, run: () => void): () => void {
    const key = {};
    this.#alarms.set(key, { dueMs, run });
    this.#timer ??= setInterval(() => this.#poll(), POLL_INTERVAL_MS).unref();
    return () => void this.#alarms.delete(key);
  }

  /** Calls `run` once `delayMs` of the cloud's time have passed. */
  after(delayMs: number, run: () => void): () => void {
    return this.at(this.clock.now() + delayMs, run);
  }

  /** Cancels all alarms. */
  stop(): void {
    this.#alarms.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    const now = this.clock.now();
    const due = [...this.#alarms].filter(([, alarm]) => alarm.dueMs <= now).sort(([, a], [, b]) => a.dueMs - b.dueMs);
    for (const [key, alarm] of due) {
      this.#alarms.delete(key);
      try {
        alarm.run();
      } catch (error) {
        // It rings again until there is room.
        if (!isExhaustion(error)) throw error;
        reportExhaustion(error);
        this.#alarms.set(key, alarm);
      }
    }
    if (this.#alarms.size === 0) this.stop();
  }
}
