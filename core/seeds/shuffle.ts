/** Going through all items in another order each time, several at once: every item comes before any comes twice. */
import { permute } from "./permutation.ts";
import { hashOf } from "../random.ts";

export interface Shuffle {
  /** Names the order. */
  readonly names: readonly string[];
  /** How many items there are. */
  readonly items: number;
  /** How many each slot takes, at most all of them. */
  readonly perSlot: number;
}

/** The items of a slot, all different: the next `each` of the first order, of the second when that is used up, and so on. */
export function shuffledItems(shuffle: Shuffle, slot: number): number[] {
  const { items, perSlot } = shuffle;
  const first = slot * perSlot;
  const cycle = Math.floor(first / items);
  const head = Math.min(perSlot, (cycle + 1) * items - first);
  const order = orderOf(shuffle, cycle);
  const drawn = Array.from({ length: head }, (_, n) => order(first - cycle * items + n));
  if (head === perSlot) return drawn;
  const next = orderAfter(shuffle, cycle + 1, order);
  return [...drawn, ...Array.from({ length: perSlot - head }, (_, n) => next(n))];
}

/** The item at a position of one cycle through all. */
type Order = (position: number) => number;

/**
 * A slot that begins in one cycle and ends in the next must not get an item twice, so the next cycle begins with other
 * items; which, depends on the cycle before. As soon as a slot begins with a cycle all is as at the start: after `each`
 * cycles at most.
 */
function orderOf(shuffle: Shuffle, cycle: number): Order {
  const { items, perSlot } = shuffle;
  let known = cycle - (cycle % (perSlot / commonDivisor(items, perSlot)));
  let order = permutation(shuffle, known);
  while (known < cycle) order = orderAfter(shuffle, ++known, order);
  return order;
}

/** The cycle's permutation, with those items exchanged at its start that end the cycle before in the same slot. */
function orderAfter(shuffle: Shuffle, cycle: number, before: Order): Order {
  const { items, perSlot } = shuffle;
  const order = permutation(shuffle, cycle);
  const shared = (cycle * items) % perSlot;
  if (shared === 0) return order;
  const taken = new Set(Array.from({ length: shared }, (_, n) => before(items - shared + n)));
  const exchanged = new Map<number, number>();
  let other = perSlot - shared;
  for (let position = 0; position < perSlot - shared; position++) {
    if (!taken.has(order(position))) continue;
    while (taken.has(order(other))) other += 1;
    exchanged.set(position, other).set(other, position);
    other += 1;
  }
  return (position) => order(exchanged.get(position) ?? position);
}

function permutation({ names, items }: Shuffle, cycle: number): Order {
  const seed = hashOf(...names, cycle);
  return (position) => permute(position, items, seed);
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}
