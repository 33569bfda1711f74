/** Iterates over all items in a new order each time, several per slot: every item is used before any repeats. */
import { permute } from "./permutation.ts";
import { hashOf } from "../random.ts";

export interface Shuffle {
  /** Identifies the order. */
  readonly names: readonly string[];
  /** The number of items. */
  readonly items: number;
  /** How many items each slot takes, at most all of them. */
  readonly perSlot: number;
}

/** The items of a slot, all distinct: the next `perSlot` of the first order, of the second when that is used up, and so on. */
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

/** The item at a position of one cycle through all items. */
type Order = (position: number) => number;

/**
 * A slot that starts in one cycle and ends in the next must not get an item twice, so the next cycle starts with other items;
 * which ones depends on the previous cycle. Once a slot starts with a cycle, the dependency ends: after at most `perSlot`
 * cycles.
 */
function orderOf(shuffle: Shuffle, cycle: number): Order {
  const { items, perSlot } = shuffle;
  let known = cycle - (cycle % (perSlot / commonDivisor(items, perSlot)));
  let order = permutation(shuffle, known);
  while (known < cycle) order = orderAfter(shuffle, ++known, order);
  return order;
}

/** The cycle's permutation, with items at its start swapped out if the same slot already got them from the previous cycle. */
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
