/**
 * Looking into a stored seed set: pages of its items by position, and a search through their values. Both read blocks one
 * after the other and stop early, so that a set of a gigabyte is looked through call by call.
 */
import type { SeedBlock, SeedIndex } from "./seed-set.ts";

/** The text of one block: its items as lines of JSON. */
export type ReadBlock = (collection: string, number: number) => Promise<string>;

export interface FoundItem {
  /** Its place in the collection, from 0. */
  readonly position: number;
  /** JSON text. */
  readonly source: string;
}

export interface SeedPage {
  readonly items: readonly FoundItem[];
  /** Where to go on; absent at the end of the collection. */
  readonly next?: number;
}

export interface PageRequest {
  readonly collection: string;
  /** The position to begin at: 0, or the last page's `next`. */
  readonly from: number;
  /** How many items at most, 1 to 100. */
  readonly limit: number;
}

/** An answer of the API holds a few megabytes; items have up to one each. */
const MAX_PAGE_CHARACTERS = 2_000_000;
/** What one call of a search reads: about a second with S3 and little memory. */
export const MAX_SEARCH_BYTES = 16_000_000;

/** The items from a position on; fewer than asked for when they are large. */
export async function readPage(index: SeedIndex, readBlock: ReadBlock, place: PageRequest): Promise<SeedPage> {
  return collect(index, readBlock, place, () => true, Infinity);
}

/**
 * The next items with a value (of any field, however deep) that has the text in it, in upper or lower case. A page may be
 * empty and still say where to go on: it has read as much as one call should.
 */
export async function searchItems(
  index: SeedIndex,
  readBlock: ReadBlock,
  place: PageRequest & { readonly text: string },
  maxBytes = MAX_SEARCH_BYTES,
): Promise<SeedPage> {
  return collect(index, readBlock, place, matcherOf(place.text), maxBytes);
}

async function collect(
  index: SeedIndex,
  readBlock: ReadBlock,
  { collection, from, limit }: PageRequest,
  matches: (source: string) => boolean,
  maxBytes: number,
): Promise<SeedPage> {
  const { itemCount, blocks } = index.collections[collection] ?? { itemCount: 0, blocks: [] };
  const items: FoundItem[] = [];
  let characters = 0;
  let bytes = 0;
  for (let number = blockOf(blocks, from); number < blocks.length; number += 1) {
    const block = blocks[number] as SeedBlock; // number is below the length
    const first = Math.max(from, block.firstItem);
    if (bytes > 0 && bytes + block.bytes > maxBytes) return { items, next: first };
    bytes += block.bytes;
    const lines = (await readBlock(collection, number)).split("\n");
    for (let position = first; position < block.firstItem + block.itemCount; position += 1) {
      const source = lines[position - block.firstItem] ?? "";
      if (!matches(source)) continue;
      if (items.length > 0 && characters + source.length > MAX_PAGE_CHARACTERS) return { items, next: position };
      items.push({ position, source });
      characters += source.length;
      if (items.length >= limit) return position + 1 < itemCount ? { items, next: position + 1 } : { items };
    }
  }
  return { items };
}

/** The block that holds the item; behind the last one when none does. */
function blockOf(blocks: readonly SeedBlock[], item: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { firstItem, itemCount } = blocks[middle] as SeedBlock; // middle is below the length
    if (item >= firstItem + itemCount) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** JSON writes these differently from how they are: a text with one of them is not to be found in the source. */
const WRITTEN_DIFFERENTLY = /["\\\p{Cc}\p{Cs}]/u;

function matcherOf(text: string): (source: string) => boolean {
  const wanted = foldCase(text);
  const mayHave = WRITTEN_DIFFERENTLY.test(text) ? () => true : (source: string) => foldCase(source).includes(wanted);
  // Only what has it somewhere is worth parsing, to tell values from names of fields.
  return (source) => mayHave(source) && holds(JSON.parse(source), wanted);
}

function holds(value: unknown, wanted: string): boolean {
  if (value === null) return false;
  if (typeof value !== "object") return foldCase(String(value)).includes(wanted);
  return Object.values(value).some((inner) => holds(inner, wanted));
}

/** Lower case; the Greek sigma has two of them, by its place in the word. */
function foldCase(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}
