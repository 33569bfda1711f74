/** Which seed items a record is made from: a function of job, slot and attempt, so that a restart draws the same. */
import { PlotPaletteError } from "../errors.ts";
import { permute } from "./permutation.ts";
import { randomBelow, hashOf, randomOf } from "../random.ts";
import type { SeedBlock } from "./seed-set.ts";
import { shuffledItems } from "./shuffle.ts";
import type { SeedPick, Template } from "../template/template.ts";

/** An item of a collection, by its position. */
export interface DrawnItem {
  readonly collection: string;
  readonly item: number;
}

/** Several, in the order prompts see them. */
export interface DrawnItems {
  readonly collection: string;
  readonly items: readonly number[];
}

/** What a pick drew: one item, or a list where the template gives a `count`. */
export type Drawn = DrawnItem | DrawnItems;

export interface DrawKey {
  readonly jobId: string;
  readonly slot: number;
  /** Zero-based; a further attempt draws again. */
  readonly attempt: number;
}

export type SeedPicks = Readonly<Record<string, SeedPick>>;

/** The number of items of each collection. */
export type ItemCounts = Readonly<Record<string, number>>;

/** What is known of a collection; `blocks` hold the weights. */
export interface CollectionStats {
  readonly itemCount: number;
  readonly blocks?: readonly SeedBlock[];
}

/**
 * The positions of the items that a pick draws, in order; `weighted` picks need the items themselves, see weightedIndex.
 * `shuffled` uses all items before any repeats, in a new order each time, and `combinations` those of all picks drawn that
 * way; a further attempt draws at random, since the rest of the permutation belongs to other slots. `inOrder` retries the
 * same items, since their order was requested.
 */
export function drawItems(picks: SeedPicks, name: string, itemCounts: ItemCounts, draw: DrawKey): number[] {
  const { from, how, count: each = 1 } = picks[name] as SeedPick;
  const items = itemCounts[from] ?? 0;
  if (items < each) throw new RangeError(`The collection "${from}" has only ${items} items, too few to draw ${each}.`);
  const { jobId, slot, attempt } = draw;
  if (how === "inOrder") return Array.from({ length: each }, (_, n) => (slot * each + n) % items);
  if (how === "shuffled" && attempt === 0) return shuffledItems({ names: [jobId, name], items, perSlot: each }, slot);
  if (how === "combinations" && attempt === 0) return [itemOfCombination(picks, name, itemCounts, draw)];
  return distinct(each, items, randomOf(jobId, name, slot, attempt));
}

/** One item, or a list where the pick has a `count`. */
export function toDrawn({ from, count }: SeedPick, items: readonly number[]): Drawn {
  const [item = 0] = items;
  return count === undefined ? { collection: from, item } : { collection: from, items };
}

/**
 * The index that a number in [0, 1) selects in proportion to the weights; `undefined` when all are 0. An index of weight 0
 * is never selected.
 */
export function weightedIndex(weights: readonly number[], at: number): number | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = at * total;
  let last: number | undefined;
  for (const [index, weight] of weights.entries()) {
    if (weight <= 0) continue;
    if (left < weight) return index;
    left -= weight;
    // Floating-point sums are inexact: the remainder belongs to the last index.
    last = index;
  }
  return last;
}

/** @throws PlotPaletteError BadInput when the collections cannot supply what a pick draws */
export function checkPicks({ name, pick }: Template, collections: Readonly<Record<string, CollectionStats>>): void {
  for (const [pickName, { from, count = 1, weight }] of Object.entries(pick)) {
    const { itemCount = 0, blocks } = collections[from] ?? {};
    if (itemCount === 0)
      throwBadInput(
        `Template "${name}" draws "${pickName}" from the collection "${from}", which has no items; add some.`,
      );
    if (count > itemCount)
      throwBadInput(
        `Template "${name}" draws ${count} different items for "${pickName}", but the collection "${from}" has only ${itemCount}; add items or lower "count".`,
      );
    if (weight !== undefined && blocks && !blocks.some(({ sums }) => (sums?.[weight] ?? 0) > 0))
      throwBadInput(
        `Template "${name}" weights "${pickName}" by the field "${weight}", which must hold only numbers of at least 0, and one above 0; in the collection "${from}" it does not.`,
      );
  }
}

/** Above this, numbers are no longer exact. */
const MAX_COMBINATIONS = 2 ** 52;

/**
 * The slot's combination is a number whose digits are the items, one for each pick. If there are too many picks for an exact
 * number, the last ones draw at random: the others together do not repeat before any job ends.
 */
function itemOfCombination(picks: SeedPicks, name: string, itemCounts: ItemCounts, draw: DrawKey): number {
  const { jobId, slot, attempt } = draw;
  const all = Object.entries(picks).filter(([, { how }]) => how === "combinations");
  const digits: { name: string; unit: number; items: number }[] = [];
  let combinations = 1;
  for (const [digit, { from }] of all) {
    const items = itemCounts[from] ?? 0;
    if (combinations * items > MAX_COMBINATIONS) break;
    digits.push({ name: digit, unit: combinations, items });
    combinations *= items;
  }
  const own = digits.find((digit) => digit.name === name);
  const items = itemCounts[picks[name]?.from ?? ""] ?? 0;
  if (!own) return randomBelow(items, randomOf(jobId, name, slot, attempt));
  const seed = hashOf(jobId, "combinations", Math.floor(slot / combinations));
  const combination = permute(slot % combinations, combinations, seed);
  return Math.floor(combination / own.unit) % own.items;
}

/** `count` distinct numbers below `end`, by Floyd's algorithm: every set is equally likely. */
function distinct(count: number, end: number, random: () => number): number[] {
  const drawn: number[] = [];
  for (let last = end - count; last < end; last++) {
    const one = randomBelow(last + 1, random);
    // The order is random too: the last one may be inserted anywhere.
    drawn.splice(randomBelow(drawn.length + 1, random), 0, drawn.includes(one) ? last : one);
  }
  return drawn;
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
