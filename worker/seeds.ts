/** Seed items by position, read in blocks through a bounded cache. */
import { PlotPaletteError } from "#core/errors";
import type { Picked } from "#core/pick";
import { seedBlockObject, seedIndexObject } from "#core/rows";
import type { SeedIndex } from "#core/seed";
import { ObjectMissing, type Objects } from "./ports.ts";

/** Some thirty blocks: a large seed set is drawn from all over, so more would hardly be hit more often. */
const MAX_CACHED_BYTES = 32_000_000;

export class Seeds {
  #blocks = new Map<string, { lines: Promise<string[]>; bytes: number }>();
  #cachedBytes = 0;

  private constructor(
    readonly objects: Objects,
    readonly place: SeedPlace,
    readonly index: SeedIndex,
  ) {}

  /** @throws PlotPaletteError NotFound when the seed set was deleted */
  static async open(objects: Objects, place: SeedPlace): Promise<Seeds> {
    const index = await objects.read(seedIndexObject(place.owner, place.seedSetId)).catch((error: unknown) => {
      if (!(error instanceof ObjectMissing)) throw error;
      throw new PlotPaletteError("NotFound", "The seed set of this job is gone; start a new job with another.", {
        cause: error,
      });
    });
    return new Seeds(objects, place, JSON.parse(index) as SeedIndex);
  }

  /** How many items each collection has. */
  get itemCounts(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.index.collections).map(([name, { itemCount }]) => [name, itemCount]));
  }

  /** The item as JSON text. */
  async item({ collection, item }: Picked): Promise<string> {
    const blocks = this.index.collections[collection]?.blocks ?? [];
    const number = blocks.findIndex(({ firstItem, itemCount }) => item >= firstItem && item < firstItem + itemCount);
    const block = blocks[number];
    if (!block) throw new RangeError(`The seeds' index has no item ${item} of the collection "${collection}".`);
    const line = (await this.#lines(collection, number, block.bytes))[item - block.firstItem];
    if (!line)
      throw new RangeError(
        `Block ${number} of the collection "${collection}" lacks the item ${item} that the index promises.`,
      );
    return line;
  }

  #lines(collection: string, number: number, bytes: number): Promise<string[]> {
    const name = seedBlockObject(this.place.owner, this.place.seedSetId, collection, number);
    const known = this.#blocks.get(name);
    if (known) {
      // The map's order is the order of use: the first is the one not used for the longest time.
      this.#blocks.delete(name);
      this.#blocks.set(name, known);
      return known.lines;
    }
    const lines = this.objects.read(name).then((text) => text.split("\n"));
    lines.catch(() => this.#forget(name));
    this.#blocks.set(name, { lines, bytes });
    this.#cachedBytes += bytes;
    for (const oldest of this.#blocks.keys()) {
      if (this.#cachedBytes <= MAX_CACHED_BYTES || oldest === name) break;
      this.#forget(oldest);
    }
    return lines;
  }

  #forget(name: string): void {
    this.#cachedBytes -= this.#blocks.get(name)?.bytes ?? 0;
    this.#blocks.delete(name);
  }
}

export interface SeedPlace {
  readonly owner: string;
  readonly seedSetId: string;
}
