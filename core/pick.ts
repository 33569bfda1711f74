/** Which seed items a record is made from. Known from job, slot and attempt alone, so that a restart draws the same. */
import { below, hashOf, randomOf } from "./random.ts";
import type { Pick } from "./template.ts";

/** An item of a collection, by its position. */
export interface Picked {
  readonly collection: string;
  readonly item: number;
}

export interface Draw {
  readonly jobId: string;
  readonly slot: number;
  /** From 0; a further attempt draws anew. */
  readonly attempt: number;
}

/**
 * One item for each pick. `itemCounts` must be positive for every collection drawn from.
 * `shuffled` goes through all items before any comes again, in another order each time; a further attempt takes any item,
 * since the permutation's other items belong to other slots. `inOrder` tries the same item again: its order was asked for.
 */
export function pickSeeds(
  picks: Readonly<Record<string, Pick>>,
  itemCounts: Readonly<Record<string, number>>,
  draw: Draw,
): Record<string, Picked> {
  return Object.fromEntries(
    Object.entries(picks).map(([name, pick]) => {
      const count = itemCounts[pick.from] ?? 0;
      if (count < 1) throw new RangeError(`The collection "${pick.from}" has no items to draw from.`);
      return [name, { collection: pick.from, item: itemOf(pick.how, name, count, draw) }];
    }),
  );
}

function itemOf(how: Pick["how"], name: string, count: number, { jobId, slot, attempt }: Draw): number {
  if (how === "inOrder") return slot % count;
  if (how === "shuffled" && attempt === 0)
    return permuted(slot % count, count, hashOf(jobId, name, Math.floor(slot / count)));
  return below(count, randomOf(jobId, name, slot, attempt));
}

const ROUNDS = 4;

/**
 * Where a position lands in a permutation of `count` positions that `seed` names: a Feistel network over the next power
 * of four, walked until it lands inside. Memory does not grow with `count`.
 */
export function permuted(position: number, count: number, seed: number): number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(count) / 2));
  let at = position;
  do at = feistel(at, halfBits, seed);
  while (at >= count);
  return at;
}

function feistel(value: number, halfBits: number, seed: number): number {
  const half = 2 ** halfBits;
  let left = Math.floor(value / half);
  let right = value % half;
  for (let round = 0; round < ROUNDS; round++) [left, right] = [right, left ^ (mix(right, seed + round) & (half - 1))];
  return left * half + right;
}

function mix(value: number, key: number): number {
  let mixed = Math.imul(value ^ key, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
