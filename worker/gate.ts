/**
 * How many records, and how many calls, may be in flight. Throttling halves it, at most once for the calls that were in flight
 * together; each answer lets it creep up again.
 */
import type { Bell } from "./bell.ts";

export class Gate {
  #limit: number;
  #inside = 0;
  #calls = 0;
  #halvedAtMs = -Infinity;

  constructor(
    readonly most: number,
    readonly bell: Bell,
  ) {
    this.#limit = most;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  get hasRoom(): boolean {
    return this.#inside < this.limit;
  }

  enter(): void {
    this.#inside += 1;
  }

  leave(): void {
    this.#inside -= 1;
    this.bell.ring();
  }

  /** Waits for a place among the calls in flight, since one record may make several side by side; a stop ends the waiting. */
  async beginCall(...stops: readonly AbortSignal[]): Promise<void> {
    while (this.#calls >= this.limit && !stops.some(({ aborted }) => aborted)) await this.bell.heard();
    this.#calls += 1;
  }

  endCall(): void {
    this.#calls -= 1;
    this.bell.ring();
  }

  answered(): void {
    this.#limit = Math.min(this.most, this.#limit + 1 / this.#limit);
  }

  /** Calls begun before the last halving say nothing about the new limit. */
  throttled(begunAtMs: number, nowMs: number): void {
    if (begunAtMs < this.#halvedAtMs) return;
    this.#limit = Math.max(1, this.#limit / 2);
    this.#halvedAtMs = nowMs;
  }
}
