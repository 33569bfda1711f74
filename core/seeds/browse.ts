/**
 * Browsing a stored seed set: pages of items by position, and a search in their values. Both read block by block and stop
 * early, so that a set of a gigabyte is scanned over several calls.
 */
import type { SeedBlock, SeedIndex } from "./seed-set.ts";

/** The text of one block: its items as lines of JSON. */
export type ReadBlock = (collection: string, number: number) => Promise<string>;

export interface FoundItem {
  /** Its position in the collection, zero-based. */
  readonly position: number;
  /** JSON text. */
  readonly source: string;
}

export interface SeedPage {
  readonly items: readonly FoundItem[];
  /** Where to continue; absent at the end of the collection. */
  readonly next?: number;
}

export interface PageRequest {
  readonly collection: string;
  /** The position to start at: 0, or the last page's `next`. */
  readonly from: number;
  /** The most items, 1 to 100. */
  readonly limit: number;
}

/** A response of the API holds a few megabytes; items have up to one each. */
const MAX_PAGE_CHARACTERS = 2_000_000;
/** How much one search call reads: about a second with S3 and little memory. */
export const MAX_SEARCH_BYTES = 16_000_000;

/** The items from a position on; fewer than requested when they are large. */
export async function readPage(index: SeedIndex, readBlock: ReadBlock, request: PageRequest): Promise<SeedPage> {
  return collect(index, readBlock, request, () => true, Infinity);
}

/**
 * The next items with a value (of any field, at any depth) that contains the text, ignoring case. A page may be empty and
 * still say where to continue: it has read as much as one call should.
 */
export async function searchItems(
  index: SeedIndex,
  readBlock: ReadBlock,
  request: PageRequest & { readonly text: string },
  maxBytes = MAX_SEARCH_BYTES,
): Promise<SeedPage> {
  return collect(index, readBlock, request, matcherOf(request.text), maxBytes);
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

/** The index of the block that holds the item; the number of blocks when none does. */
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

/** JSON escapes these: a text that contains one cannot be found in the source. */
const WRITTEN_DIFFERENTLY = /["\\\p{Cc}\p{Cs}]/u;

function matcherOf(text: string): (source: string) => boolean {
  const wanted = foldCase(text);
  const mayHave = WRITTEN_DIFFERENTLY.test(text) ? () => true : (source: string) => foldCase(source).includes(wanted);
  // Only matching sources are parsed, to distinguish values from field names.
  return (source) => mayHave(source) && holds(JSON.parse(source), wanted);
}

function holds(value: unknown, wanted: string): boolean {
  if (value === null) return false;
  if (typeof value !== "object") return foldCase(String(value)).includes(wanted);
  return Object.values(value).some((inner) => holds(inner, wanted));
}

/** Lower case; the Greek sigma has two of them, depending on its position in the word. */
function foldCase(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}
