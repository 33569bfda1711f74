/** Splits a collection into the numbered blocks it is stored as, and collects the data for its row and its index. */
import type { SeedCollectionRow } from "./seed-set-row.ts";
import { FieldProfiler, type SeedField } from "./fields.ts";
import { SEED_BLOCK_BYTES, type SeedBlock, type SeedItem } from "./seed-set.ts";

/** A full block: what to store, and under which number. */
export interface FullBlock {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** A collection as the seed set's row describes it. */
export interface SeedCollectionSummary extends SeedCollectionRow {
  fields: SeedField[];
}

export class CollectionBlocks {
  readonly #fields = new FieldProfiler();
  readonly #weights = new Weights();
  readonly #blocks: SeedBlock[] = [];
  #lines: string[] = [];
  #characters = 0;
  #stored = 0;
  #bytes = 0;

  get itemCount(): number {
    return this.#stored + this.#lines.length;
  }

  /** The collection's entry in the index; complete once finished. */
  get blocks(): SeedBlock[] {
    return this.#blocks.map((block, number) => {
      const sums = this.#weights.sumsOf(number);
      return sums ? { ...block, sums } : block;
    });
  }

  /** Adds an item. @returns the block that it filled, if any. @throws PlotPaletteError BadInput when there are too many fields */
  add(item: SeedItem): FullBlock | undefined {
    this.#fields.add(item);
    this.#weights.add(item);
    const line = JSON.stringify(item);
    this.#lines.push(line);
    this.#characters += line.length + 1;
    return this.#characters < SEED_BLOCK_BYTES ? undefined : this.#cut();
  }

  /** The last block, unless the items ended exactly with the previous one. */
  finish(): FullBlock | undefined {
    return this.#lines.length > 0 ? this.#cut() : undefined;
  }

  /**
   * The collection as the seed set's row describes it; complete once finished.
   * @param fileNames the files its items came from, in order
   */
  row(name: string, fileNames: readonly string[]): SeedCollectionSummary {
    return {
      name,
      fileName: fileNames.join(", "),
      itemCount: this.itemCount,
      bytes: this.#bytes,
      fields: this.#fields.fields(),
    };
  }

  #cut(): FullBlock {
    const bytes = new TextEncoder().encode(this.#lines.join("\n") + "\n");
    const number = this.#blocks.length;
    this.#blocks.push({ firstItem: this.#stored, itemCount: this.#lines.length, bytes: bytes.length });
    this.#weights.endBlock();
    this.#stored += this.#lines.length;
    this.#bytes += bytes.length;
    this.#lines = [];
    this.#characters = 0;
    return { number, bytes };
  }
}

/** The sums per block of the fields that can serve as weights: only numbers of at least 0, and one above 0. */
class Weights {
  /** The sums of each full block; undefined once a value was not a weight. */
  readonly #sums = new Map<string, { ofBlocks: number[]; current: number; total: number } | undefined>();
  #blocks = 0;

  add(item: SeedItem): void {
    for (const name of Object.keys(item)) {
      const value = item[name];
      // A missing value weighs nothing.
      if (value === null || value === undefined) continue;
      if (!this.#sums.has(name)) this.#sums.set(name, { ofBlocks: [], current: 0, total: 0 });
      const sum = this.#sums.get(name);
      if (!sum) continue;
      if (typeof value === "number" && value >= 0 && Number.isFinite(sum.total + value)) {
        sum.current += value;
        sum.total += value;
      } else this.#sums.set(name, undefined);
    }
  }

  endBlock(): void {
    for (const sum of this.#sums.values()) {
      if (!sum) continue;
      sum.ofBlocks[this.#blocks] = sum.current;
      sum.current = 0;
    }
    this.#blocks += 1;
  }

  sumsOf(block: number): Record<string, number> | undefined {
    const weights = [...this.#sums].filter(([, sum]) => sum && sum.total > 0);
    if (weights.length === 0) return undefined;
    return Object.fromEntries(weights.map(([name, sum]) => [name, sum?.ofBlocks[block] ?? 0]));
  }
}
