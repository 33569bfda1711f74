/**
 * The slots of a shard that are in progress or may be started. While the lowest of them is in progress, others go on beyond it,
 * but only so far: that bounds what a restart must know, and what an export must hold back to restore the order, however long
 * one slot takes.
 */
import { invariant } from "../errors.ts";

/** Slots from the lowest that is not done to the last that was started. A hundred calls a second fill it in forty seconds. */
export const MAX_WINDOW_SLOTS = 4_096;
/** Once the slots done above the low-water mark have this many bytes, none is started but the open ones below them. */
export const MAX_WINDOW_BYTES = 32_000_000;

/** `from` (inclusive) to `to` (exclusive). */
export type SlotRange = readonly [from: number, to: number];

export interface WindowBounds {
  /** The shard's end (exclusive). */
  readonly to: number;
  readonly maxSlots: number;
  readonly maxBytes: number;
  /** All slots below it are done. */
  readonly lowWater: number;
  /** Slots above it that are done, in order. */
  readonly done: readonly SlotRange[];
  /** The bytes of those. */
  readonly doneBytes: number;
  /** Delivered by earlier passes over the shard: they are skipped, and take up no room. */
  readonly delivered?: ReadonlySet<number>;
}

export class SlotWindow {
  readonly #bounds: WindowBounds;
  readonly #delivered: ReadonlySet<number>;
  #lowWater: number;
  #nextFresh: number;
  /** How many slots from `#nextFresh` on are to be taken. */
  #fresh = 0;
  #inProgress = new Set<number>();
  /** Taken by someone and open again, in order. */
  #requeued: number[] = [];
  /** With the bytes of each. */
  #done = new Map<number, number>();
  #doneBytes = 0;

  constructor(bounds: WindowBounds) {
    invariant(
      bounds.maxSlots <= MAX_WINDOW_SLOTS,
      `a window has at most ${MAX_WINDOW_SLOTS} slots, not ${bounds.maxSlots}`,
    );
    this.#bounds = bounds;
    this.#delivered = bounds.delivered ?? new Set();
    this.#lowWater = bounds.lowWater;
    this.#nextFresh = Math.max(bounds.lowWater, bounds.done.at(-1)?.[1] ?? 0);
    this.#restoreDone(bounds);
    for (let slot = this.#lowWater; slot < this.#nextFresh; slot++)
      if (!this.#done.has(slot) && !this.#delivered.has(slot)) this.#requeued.push(slot);
    for (let slot = this.#nextFresh; slot < bounds.to; slot++) if (!this.#delivered.has(slot)) this.#fresh += 1;
    this.#advance();
  }

  /** Starts a slot: a requeued one first, otherwise the lowest not started; `undefined` when none may start now. */
  take(): number | undefined {
    const slot = this.#requeued.shift() ?? this.#takeFresh();
    if (slot !== undefined) this.#inProgress.add(slot);
    return slot;
  }

  /** Returns a slot, to be taken again before any that was not started. */
  requeue(slot: number): void {
    invariant(this.#inProgress.delete(slot), `slot ${slot} is in progress`);
    this.#requeued.push(slot);
    this.#requeued.sort((one, other) => one - other);
  }

  /** `bytes`: of the line that an export must hold back until all slots below are done. */
  finish(slot: number, bytes: number): void {
    invariant(this.#inProgress.delete(slot), `slot ${slot} is in progress`);
    this.#done.set(slot, bytes);
    this.#doneBytes += bytes;
    this.#advance();
  }

  /** All slots below it are done. */
  get lowWater(): number {
    return this.#lowWater;
  }

  /** The slots done above the low-water mark, in order: at most one range more than there are open slots among them. */
  get done(): readonly SlotRange[] {
    const ranges: [from: number, to: number][] = [];
    for (const slot of [...this.#done.keys()].sort((one, other) => one - other)) {
      const last = ranges.at(-1);
      if (last && this.#allDelivered(last[1], slot)) last[1] = slot + 1;
      else ranges.push([slot, slot + 1]);
    }
    return ranges;
  }

  /** The bytes of the slots done above the low-water mark. */
  get doneBytes(): number {
    return this.#doneBytes;
  }

  get isComplete(): boolean {
    return this.#lowWater >= this.#bounds.to;
  }

  /** Whether a slot may start now. */
  get hasNext(): boolean {
    return this.startable > 0;
  }

  /** How many slots may start now, with none finishing meanwhile. */
  get startable(): number {
    const { maxSlots, maxBytes } = this.#bounds;
    const taken = this.#done.size + this.#inProgress.size + this.#requeued.length;
    const room = this.#doneBytes < maxBytes ? Math.max(0, maxSlots - taken) : 0;
    return this.#requeued.length + Math.min(this.#fresh, room);
  }

  /** How many slots are still to be taken, including requeued ones. */
  get remaining(): number {
    return this.#requeued.length + this.#fresh;
  }

  /** Of what is done, only the sum of the bytes is known: each slot gets the same share. */
  #restoreDone({ done, doneBytes }: WindowBounds): void {
    for (const [from, to] of done)
      for (let slot = Math.max(from, this.#lowWater); slot < to; slot++)
        if (!this.#delivered.has(slot)) this.#done.set(slot, 0);
    const share = doneBytes / Math.max(1, this.#done.size);
    for (const slot of this.#done.keys()) this.#done.set(slot, share);
    this.#doneBytes = share * this.#done.size;
  }

  #advance(): void {
    for (;;) {
      const bytes = this.#done.get(this.#lowWater);
      if (bytes === undefined && !this.#delivered.has(this.#lowWater)) return;
      this.#done.delete(this.#lowWater);
      this.#doneBytes = this.#done.size === 0 ? 0 : this.#doneBytes - (bytes ?? 0);
      this.#lowWater += 1;
    }
  }

  #takeFresh(): number | undefined {
    if (this.startable === 0) return undefined;
    let slot = this.#nextFresh;
    while (this.#delivered.has(slot)) slot += 1;
    this.#nextFresh = slot + 1;
    this.#fresh -= 1;
    return slot;
  }

  #allDelivered(from: number, to: number): boolean {
    for (let slot = from; slot < to; slot++) if (!this.#delivered.has(slot)) return false;
    return true;
  }
}
