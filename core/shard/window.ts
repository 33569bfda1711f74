/**
 * The slots of a shard that are in progress or may be started: those below low-water mark + size. That bounds what a restart
 * must know, and what an export must buffer to restore the order, however long one slot takes.
 */
import { invariant } from "../errors.ts";

/** The largest window, however many calls are in flight. */
export const MAX_WINDOW_SLOTS = 2_048;

export class SlotWindow {
  readonly #to: number;
  readonly #size: number;
  #lowWater: number;
  #nextFresh: number;
  #done: Set<number>;
  readonly #delivered: ReadonlySet<number>;
  #inProgress = new Set<number>();
  #requeued: number[] = [];
  #remaining = 0;

  /**
   * `done` are slots above `lowWater` that need not be repeated; `delivered` those delivered by earlier passes over the shard:
   * they are skipped, and never listed among those done.
   */
  constructor(bounds: {
    to: number;
    size: number;
    lowWater: number;
    done: readonly number[];
    delivered?: ReadonlySet<number>;
  }) {
    invariant(bounds.size <= MAX_WINDOW_SLOTS, `a window has at most ${MAX_WINDOW_SLOTS} slots, not ${bounds.size}`);
    this.#to = bounds.to;
    this.#size = bounds.size;
    this.#lowWater = bounds.lowWater;
    this.#nextFresh = bounds.lowWater;
    this.#done = new Set(bounds.done);
    this.#delivered = bounds.delivered ?? new Set();
    this.#advance();
    for (let slot = this.#lowWater; slot < this.#to; slot++) if (!this.#isDone(slot)) this.#remaining += 1;
  }

  /** Starts a slot: a requeued one first, otherwise the lowest not started; `undefined` when none may start now. */
  take(): number | undefined {
    const slot = this.#requeued.shift() ?? this.#takeFresh();
    if (slot === undefined) return undefined;
    this.#remaining -= 1;
    this.#inProgress.add(slot);
    return slot;
  }

  /** Returns a slot, to be taken again before any that was not started. */
  requeue(slot: number): void {
    invariant(this.#inProgress.delete(slot), `slot ${slot} is in progress`);
    this.#remaining += 1;
    this.#requeued.push(slot);
    this.#requeued.sort((one, other) => one - other);
  }

  finish(slot: number): void {
    invariant(this.#inProgress.delete(slot), `slot ${slot} is in progress`);
    this.#done.add(slot);
    this.#advance();
  }

  /** All slots below it are done. */
  get lowWater(): number {
    return this.#lowWater;
  }

  /** The slots done above the low-water mark, in order. */
  get doneAboveLowWater(): number[] {
    return [...this.#done].sort((one, other) => one - other);
  }

  get isComplete(): boolean {
    return this.#lowWater >= this.#to;
  }

  /** Whether a slot may start now. */
  get hasNext(): boolean {
    return this.#requeued.length > 0 || this.#skipDone() < this.#end;
  }

  /** How many slots are still to be taken, including requeued ones. */
  get remaining(): number {
    return this.#remaining;
  }

  #advance(): void {
    while (this.#done.delete(this.#lowWater) || this.#delivered.has(this.#lowWater)) this.#lowWater += 1;
  }

  #takeFresh(): number | undefined {
    const slot = this.#skipDone();
    if (slot >= this.#end) return undefined;
    this.#nextFresh = slot + 1;
    return slot;
  }

  get #end(): number {
    return Math.min(this.#to, this.#lowWater + this.#size);
  }

  #skipDone(): number {
    this.#nextFresh = Math.max(this.#nextFresh, this.#lowWater);
    while (this.#isDone(this.#nextFresh)) this.#nextFresh += 1;
    return this.#nextFresh;
  }

  #isDone(slot: number): boolean {
    return this.#done.has(slot) || this.#delivered.has(slot);
  }
}
