/** Cuts a collection into the numbered blocks it is stored as, and keeps what its row and its index will say. */
import { PlotPaletteError } from "./errors.ts";
import type { SeedCollectionRow } from "./rows.ts";
import { FieldSummary, SEED_BLOCK_BYTES, type SeedBlock, type SeedItem } from "./seed.ts";

/** A block that is full: what to store and under which number. */
export interface FullBlock {
  readonly number: number;
  readonly bytes: Uint8Array;
}

export class CollectionBlocks {
  readonly blocks: SeedBlock[] = [];
  readonly #fields = new FieldSummary();
  #lines: string[] = [];
  #characters = 0;
  #stored = 0;
  #bytes = 0;

  get itemCount(): number {
    return this.#stored + this.#lines.length;
  }

  /** The block that the item has filled, if it has. @throws PlotPaletteError BadInput when there are too many fields */
  add(item: SeedItem): FullBlock | undefined {
    this.#fields.add(item);
    const line = JSON.stringify(item);
    this.#lines.push(line);
    this.#characters += line.length + 1;
    return this.#characters < SEED_BLOCK_BYTES ? undefined : this.#cut();
  }

  /** The last block, unless the items ended with the one before. */
  finish(): FullBlock | undefined {
    return this.#lines.length > 0 ? this.#cut() : undefined;
  }

  /** What the seed set's row says of the collection; whole once finished. */
  row(name: string, fileName: string): SeedCollectionRow {
    return { name, fileName, itemCount: this.itemCount, bytes: this.#bytes, fields: this.#fields.fields() };
  }

  #cut(): FullBlock {
    const bytes = new TextEncoder().encode(this.#lines.join("\n") + "\n");
    const number = this.blocks.length;
    this.blocks.push({ firstItem: this.#stored, itemCount: this.#lines.length, bytes: bytes.length });
    this.#stored += this.#lines.length;
    this.#bytes += bytes.length;
    this.#lines = [];
    this.#characters = 0;
    return { number, bytes };
  }
}

/** A row holds 400 KB, other things too. */
const MAX_SUMMARY_CHARACTERS = 250_000;

/** The summaries of a seed set's collections, without examples when they would not fit. @throws PlotPaletteError BadInput */
export function fitRow(collections: readonly SeedCollectionRow[]): SeedCollectionRow[] {
  if (fits(collections)) return [...collections];
  const bare = collections.map((collection) => ({
    ...collection,
    fields: collection.fields.map((field) => ({ ...field, examples: [] })),
  }));
  if (fits(bare)) return bare;
  throw new PlotPaletteError(
    "BadInput",
    "The fields of the seed set are too many or their names too long; keep those that templates need.",
  );
}

function fits(collections: readonly SeedCollectionRow[]): boolean {
  return JSON.stringify(collections).length <= MAX_SUMMARY_CHARACTERS;
}
