/** Seed items by position, read in blocks through a bounded LRU cache. */
import { PlotPaletteError } from "#core/errors";
import {
  toDrawn,
  weightedIndex,
  drawItems,
  type DrawKey,
  type Drawn,
  type ItemCounts,
  type DrawnItem,
  type SeedPicks,
} from "#core/seeds/pick";
import { randomOf } from "#core/random";
import { seedBlockObject, seedIndexObject } from "#core/bucket";
import type { SeedBlock, SeedIndex, SeedItem } from "#core/seeds/seed-set";
import type { SeedPick } from "#core/template/template";
import { ObjectNotFound, type Objects } from "./ports.ts";

/** About thirty blocks: draws are spread over a large seed set, so a larger cache would hardly be hit more often. */
const MAX_CACHED_BYTES = 32_000_000;
/** Draws that hit an item already drawn; after that, the remaining items are weighed alone. */
const MAX_REPEATS = 50;

/** What an attempt needs from the seeds. */
export interface SeedSource {
  /** What each pick draws for a slot. @throws PlotPaletteError BadInput when there is not enough to draw from */
  draw(picks: SeedPicks, draw: DrawKey): Promise<Record<string, Drawn>>;
  /** An item as JSON text. */
  item(drawn: DrawnItem): Promise<string>;
}

/** What was drawn, as JSON text: an item, or a list of items. */
export async function jsonOfDrawn(seeds: Pick<SeedSource, "item">, drawn: Drawn): Promise<string> {
  if ("item" in drawn) return seeds.item(drawn);
  const { collection, items } = drawn;
  return `[${(await Promise.all(items.map((item) => seeds.item({ collection, item })))).join(",")}]`;
}

interface Block {
  readonly lines: Promise<string[]>;
  readonly bytes: number;
  /** The weights of its items, by field. */
  readonly weights: Map<string, Promise<number[]>>;
}

export class Seeds implements SeedSource {
  /** How many items each collection has. */
  readonly itemCounts: ItemCounts;
  #blocks = new Map<string, Block>();
  #cachedBytes = 0;

  private constructor(
    readonly objects: Pick<Objects, "read">,
    readonly location: SeedSetLocation,
    readonly index: SeedIndex,
  ) {
    this.itemCounts = Object.fromEntries(
      Object.entries(index.collections).map(([name, { itemCount }]) => [name, itemCount]),
    );
  }

  /** @throws PlotPaletteError NotFound when the seed set was deleted */
  static async open(objects: Pick<Objects, "read">, location: SeedSetLocation): Promise<Seeds> {
    const index = await objects.read(seedIndexObject(location.owner, location.seedSetId)).catch((error: unknown) => {
      if (!(error instanceof ObjectNotFound)) throw error;
      throw new PlotPaletteError("NotFound", "This job's seed set was deleted; start a new job with another.", {
        cause: error,
      });
    });
    return new Seeds(objects, location, JSON.parse(index) as SeedIndex);
  }

  async draw(picks: SeedPicks, draw: DrawKey): Promise<Record<string, Drawn>> {
    const drawn: Record<string, Drawn> = {};
    for (const [name, pick] of Object.entries(picks)) {
      const isWeighted = pick.how === "weighted";
      const items = isWeighted ? await this.#weighted(name, pick, draw) : drawItems(picks, name, this.itemCounts, draw);
      drawn[name] = toDrawn(pick, items);
    }
    return drawn;
  }

  /** The item as JSON text. */
  async item({ collection, item }: DrawnItem): Promise<string> {
    const blocks = this.#blocksOf(collection);
    const number = blocks.findIndex(({ firstItem, itemCount }) => item >= firstItem && item < firstItem + itemCount);
    const block = blocks[number];
    if (!block) throw new RangeError(`The seed index has no item ${item} in the collection "${collection}".`);
    const line = (await this.#block(collection, number, block.bytes).lines)[item - block.firstItem];
    if (!line)
      throw new RangeError(
        `Block ${number} of the collection "${collection}" lacks item ${item}, which the index lists.`,
      );
    return line;
  }

  /** All items of a collection in their order, as JSON texts. */
  async *items(collection: string): AsyncGenerator<string> {
    for (const [number, { bytes }] of this.#blocksOf(collection).entries())
      for (const line of await this.#block(collection, number, bytes).lines) if (line) yield line;
  }

  /** Distinct items in proportion to their weights: first a block by its sum, then one of its items. */
  async #weighted(name: string, pick: SeedPick, { jobId, slot, attempt }: DrawKey): Promise<number[]> {
    const { from, weight = "", count = 1 } = pick;
    const random = randomOf(jobId, name, slot, attempt);
    const blocks = this.#blocksOf(from);
    const sums = blocks.map((block) => block.sums?.[weight] ?? 0);
    const drawn: number[] = [];
    for (let repeats = 0; drawn.length < count && repeats < MAX_REPEATS;) {
      const number = weightedIndex(sums, random());
      const block = number === undefined ? undefined : blocks[number];
      if (number === undefined || !block) break;
      const within = weightedIndex(await this.#weights(from, number, block, weight), random());
      const item = block.firstItem + (within ?? 0);
      if (within === undefined || drawn.includes(item)) repeats += 1;
      else drawn.push(item);
    }
    while (drawn.length < count) drawn.push(await this.#weightedOther(name, pick, drawn, random));
    return drawn;
  }

  /** An item not drawn yet, when those drawn hold nearly all the weight: scans all blocks. */
  async #weightedOther(
    name: string,
    { from, weight = "", count }: SeedPick,
    drawn: readonly number[],
    random: () => number,
  ): Promise<number> {
    let weights: number[] = [];
    for (const [number, block] of this.#blocksOf(from).entries())
      weights = weights.concat(await this.#weights(from, number, block, weight));
    const item = weightedIndex(
      weights.map((one, position) => (drawn.includes(position) ? 0 : one)),
      random(),
    );
    if (item !== undefined) return item;
    throw new PlotPaletteError(
      "BadInput",
      `The pick "${name}" draws ${count ?? 1} different items, but only ${drawn.length} of the collection "${from}" have a "${weight}" above 0.`,
    );
  }

  #blocksOf(collection: string): readonly SeedBlock[] {
    return this.index.collections[collection]?.blocks ?? [];
  }

  #weights(collection: string, number: number, { bytes }: SeedBlock, field: string): Promise<number[]> {
    const { lines, weights } = this.#block(collection, number, bytes);
    const known = weights.get(field);
    if (known) return known;
    const read = lines.then((items) => items.filter(Boolean).map((line) => weightIn(line, field)));
    weights.set(field, read);
    return read;
  }

  #block(collection: string, number: number, bytes: number): Block {
    const name = seedBlockObject(this.location.owner, this.location.seedSetId, collection, number);
    const known = this.#blocks.get(name);
    if (known) {
      // The map's order is the order of use: the first is the least recently used.
      this.#blocks.delete(name);
      this.#blocks.set(name, known);
      return known;
    }
    const lines = this.objects.read(name).then((text) => text.split("\n"));
    lines.catch(() => this.#evict(name));
    const block = { lines, bytes, weights: new Map() };
    this.#blocks.set(name, block);
    this.#cachedBytes += bytes;
    for (const oldest of this.#blocks.keys()) {
      if (this.#cachedBytes <= MAX_CACHED_BYTES || oldest === name) break;
      this.#evict(oldest);
    }
    return block;
  }

  #evict(name: string): void {
    this.#cachedBytes -= this.#blocks.get(name)?.bytes ?? 0;
    this.#blocks.delete(name);
  }
}

/** A missing weight is 0. */
function weightIn(line: string, field: string): number {
  const value = (JSON.parse(line) as SeedItem)[field];
  return typeof value === "number" ? value : 0;
}

export interface SeedSetLocation {
  readonly owner: string;
  readonly seedSetId: string;
}
