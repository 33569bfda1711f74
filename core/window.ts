/**
 * The slots of a shard that are in hand or may be begun: those below low-water mark + size. So what a restart must know, and
 * what an export must hold back to restore the order, is bounded however long one slot takes.
 */
import { invariant } from "./errors.ts";

/** No window is larger, however many calls are in flight. */
export const LONGEST_WINDOW = 2_048;

export class SlotWindow {
  readonly #to: number;
  readonly #size: number;
  #lowWater: number;
  #fresh: number;
  #done: Set<number>;
  #inHand = new Set<number>();
  #again: number[] = [];

  /** `done` are slots beyond `lowWater` that need not be done again. */
  constructor(bounds: { to: number; size: number; lowWater: number; done: readonly number[] }) {
    invariant(bounds.size <= LONGEST_WINDOW, `a window has ${LONGEST_WINDOW} slots at most, not ${bounds.size}`);
    this.#to = bounds.to;
    this.#size = bounds.size;
    this.#lowWater = bounds.lowWater;
    this.#fresh = bounds.lowWater;
    this.#done = new Set(bounds.done);
  }

  /** Takes a slot in hand: one that was put back first, else the lowest not begun; `undefined` when none may be begun now. */
  take(): number | undefined {
    const slot = this.#again.shift() ?? this.#takeFresh();
    if (slot !== undefined) this.#inHand.add(slot);
    return slot;
  }

  /** Gives a slot back to be taken again, before any that was not begun. */
  putBack(slot: number): void {
    invariant(this.#inHand.delete(slot), `slot ${slot} is in hand`);
    this.#again.push(slot);
    this.#again.sort((one, other) => one - other);
  }

  finish(slot: number): void {
    invariant(this.#inHand.delete(slot), `slot ${slot} is in hand`);
    this.#done.add(slot);
    while (this.#done.delete(this.#lowWater)) this.#lowWater += 1;
  }

  /** All slots below it are done. */
  get lowWater(): number {
    return this.#lowWater;
  }

  /** The slots done beyond the low-water mark, in order. */
  get doneBeyond(): number[] {
    return [...this.#done].sort((one, other) => one - other);
  }

  get isComplete(): boolean {
    return this.#lowWater >= this.#to;
  }

  /** How many slots are still to be taken, those that were put back included. */
  get leftToTake(): number {
    const fresh = this.#skipDone();
    const doneAhead = [...this.#done].filter((slot) => slot >= fresh).length;
    return this.#again.length + this.#to - fresh - doneAhead;
  }

  #takeFresh(): number | undefined {
    const slot = this.#skipDone();
    if (slot >= Math.min(this.#to, this.#lowWater + this.#size)) return undefined;
    this.#fresh = slot + 1;
    return slot;
  }

  #skipDone(): number {
    this.#fresh = Math.max(this.#fresh, this.#lowWater);
    while (this.#done.has(this.#fresh)) this.#fresh += 1;
    return this.#fresh;
  }
}
