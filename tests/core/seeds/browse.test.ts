import { CollectionBlocks } from "../../../core/seeds/blocks.ts";
import { readPage, searchItems, type SeedPage } from "../../../core/seeds/browse.ts";
import type { SeedIndex, SeedItem } from "../../../core/seeds/seed-set.ts";

/** Items as they are stored, and what is read of them. */
function stored(items: readonly SeedItem[]) {
  const collection = new CollectionBlocks();
  const texts: string[] = [];
  for (const full of [...items.map((item) => collection.add(item)), collection.finish()])
    if (full) texts[full.number] = new TextDecoder().decode(full.bytes);
  const index: SeedIndex = { collections: { films: { itemCount: items.length, blocks: collection.blocks } } };
  const reads: number[] = [];
  const readBlock = async (_: string, number: number) => {
    reads.push(number);
    return texts[number] ?? "";
  };
  return { index, readBlock, reads, blocks: texts.length };
}

const positions = (page: SeedPage) => page.items.map(({ position }) => position);
/** Four blocks of three items. */
const large = Array.from({ length: 12 }, (_, n) => ({
  n,
  text: `${n % 2 === 0 ? "Even" : "odd"} ${"x".repeat(350_000)}`,
}));

describe("pages", () => {
  test("follow each other to the end, reading no block but their own", async () => {
    const { index, readBlock, reads, blocks } = stored(large);
    expect(blocks).toBe(4);
    const page = await readPage(index, readBlock, { collection: "films", from: 2, limit: 2 });
    expect(positions(page)).toEqual([2, 3]);
    expect(JSON.parse(page.items[1]?.source ?? "")).toEqual(large[3]);
    expect(page.next).toBe(4);
    expect(reads).toEqual([0, 1]);
    const last = await readPage(index, readBlock, { collection: "films", from: 10, limit: 2 });
    expect(positions(last)).toEqual([10, 11]);
    expect(last).not.toHaveProperty("next");
    expect(reads).toEqual([0, 1, 3]);
  });

  test("every item comes once, whatever the limit", async () => {
    const items = Array.from({ length: 2_000 }, (_, n) => ({ n, pad: "x".repeat(1_500) }));
    const { index, readBlock } = stored(items);
    for (const limit of [1, 7, 100]) {
      const seen: number[] = [];
      for (let from: number | undefined = 0; from !== undefined;) {
        const page: SeedPage = await readPage(index, readBlock, { collection: "films", from, limit });
        seen.push(...page.items.map(({ source }) => JSON.parse(source).n as number));
        from = page.next;
      }
      expect(seen).toEqual(items.map(({ n }) => n));
    }
  });

  test("end early rather than grow too large for an answer, but have one item at least", async () => {
    const { index, readBlock } = stored(large);
    const page = await readPage(index, readBlock, { collection: "films", from: 0, limit: 100 });
    expect(positions(page)).toEqual([0, 1, 2, 3, 4]);
    expect(page.next).toBe(5);
    const huge = stored([{ text: "x".repeat(3_000_000) }, { text: "y" }]);
    const first = await readPage(huge.index, huge.readBlock, { collection: "films", from: 0, limit: 100 });
    expect(positions(first)).toEqual([0]);
    expect(first.next).toBe(1);
  });

  test("are empty behind the end and for a collection that is not there", async () => {
    const { index, readBlock, reads } = stored(large);
    expect(await readPage(index, readBlock, { collection: "films", from: 12, limit: 5 })).toEqual({ items: [] });
    expect(await readPage(index, readBlock, { collection: "cars", from: 0, limit: 5 })).toEqual({ items: [] });
    expect(reads).toEqual([]);
  });
});

describe("a search", () => {
  const find = async (items: readonly SeedItem[], text: string) => {
    const { index, readBlock } = stored(items);
    return positions(await searchItems(index, readBlock, { collection: "films", text, from: 0, limit: 100 }));
  };

  test.each<[string, string, SeedItem[], number[]]>([
    ["in upper and lower case", "METROPOLIS", [{ t: "metropolis" }, { t: "x" }, { t: "A Metropolis!" }], [0, 2]],
    ["in values, not in names of fields", "title", [{ title: "x" }, { x: "title" }], [1]],
    ["however deep", "deep", [{ a: [{ b: { c: ["so deep"] } }] }, { a: [] }], [0]],
    ["in numbers and truths", "12.5", [{ n: 12.5 }, { n: 125 }], [0]],
    ["and true", "true", [{ n: true }, { n: false }, { n: null }], [0]],
    ["with quotes and backslashes", 'a "b\\', [{ t: 'a "b\\c' }, { t: "a b" }], [0]],
    ["over line ends", "a\nb", [{ t: "a\nb" }, { t: "a\\nb" }], [0]],
    ["not what is only in JSON's signs", '","', [{ a: "x", b: "y" }, { a: '","' }], [1]],
    ["in other scripts", "ΟΔΟΣ", [{ t: "οδος" }, { t: "ΟΔΟΣΑ" }, { t: "日本" }], [0, 1]],
    ["in characters outside the basic plane", "😀", [{ t: "a😀" }, { t: "😁" }], [0]],
  ])("finds %s", async (_, text, items, found) => {
    expect(await find(items, text)).toEqual(found);
  });

  test("goes on where it stopped, and finds each item once", async () => {
    const { index, readBlock } = stored(large);
    const place = { collection: "films", text: "even", limit: 2 };
    const first = await searchItems(index, readBlock, { ...place, from: 0 });
    expect(positions(first)).toEqual([0, 2]);
    const second = await searchItems(index, readBlock, { ...place, from: first.next ?? NaN });
    expect(positions(second)).toEqual([4, 6]);
  });

  test("reads as much as it may and says where to go on, also when it has found nothing", async () => {
    const { index, readBlock, reads } = stored(large);
    const place = { collection: "films", text: "no such thing", limit: 10 };
    const pages: SeedPage[] = [];
    for (let from: number | undefined = 0; from !== undefined; from = pages.at(-1)?.next)
      pages.push(await searchItems(index, readBlock, { ...place, from }, 2_500_000));
    expect(pages).toEqual([{ items: [], next: 6 }, { items: [] }]);
    expect(reads).toEqual([0, 1, 2, 3]);
  });

  test("reads one block at least", async () => {
    const { index, readBlock } = stored(large);
    const place = { collection: "films", text: "no such thing", limit: 10, from: 4 };
    expect(await searchItems(index, readBlock, place, 1)).toEqual({ items: [], next: 6 });
  });
});
