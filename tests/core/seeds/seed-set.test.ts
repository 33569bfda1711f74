import { CollectionBlocks } from "../../../core/seeds/blocks.ts";
import {
  checkFiles,
  isGzipped,
  MAX_SEED_FILE_BYTES,
  SEED_BLOCK_BYTES,
  seedFormatOf,
  type SeedItem,
} from "../../../core/seeds/seed-set.ts";

test.each([
  ["films.csv", "csv", false],
  ["FILMS.TSV", "tsv", false],
  ["a.b.json", "json", false],
  ["films.jsonl", "jsonl", false],
  ["films.ndjson", "jsonl", false],
  ["films.parquet", "parquet", false],
  ["films.csv.gz", "csv", true],
  ["FILMS.JSON.GZ", "json", true],
])("%s is read as %s, gzipped: %s", (name, format, gzipped) => {
  expect(seedFormatOf(name)).toBe(format);
  expect(isGzipped(name)).toBe(gzipped);
});

describe("CollectionBlocks", () => {
  const linesOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd().split("\n");

  test("cuts items into blocks of about a megabyte that together hold each item once", () => {
    const collection = new CollectionBlocks();
    const items = Array.from({ length: 30 }, (_, n) => ({ n: `${n}`, text: "ä".repeat(100_000) }));
    const full = [...items.map((item) => collection.add(item)), collection.finish()].flatMap((block) => block ?? []);
    expect(full.map(({ number }) => number)).toEqual([0, 1, 2]);
    const lines = full.map(({ bytes }) => linesOf(bytes).map((line) => JSON.parse(line).n));
    expect(lines.flat()).toEqual(items.map(({ n }) => n));
    expect(collection.blocks).toEqual(
      full.map(({ bytes }, n) => ({
        firstItem: Number(lines[n]?.[0]),
        itemCount: lines[n]?.length,
        bytes: bytes.length,
      })),
    );
    expect(collection.row("seeds", ["a.jsonl", "b.csv"])).toMatchObject({
      fileName: "a.jsonl, b.csv",
      itemCount: 30,
      bytes: full.reduce((sum, { bytes }) => sum + bytes.length, 0),
    });
    expect(SEED_BLOCK_BYTES).toBe(1_000_000);
  });

  test("has no block for no item, and no empty one at the end", () => {
    expect(new CollectionBlocks().finish()).toBeUndefined();
    const collection = new CollectionBlocks();
    collection.add({ text: "x".repeat(SEED_BLOCK_BYTES) });
    expect(collection.finish()).toBeUndefined();
    expect(collection.blocks).toHaveLength(1);
  });

  test("sums by block what can be a weight: numbers of 0 or more, and what is missing weighs nothing", () => {
    const collection = new CollectionBlocks();
    const text = "x".repeat(400_000);
    const items: SeedItem[] = [
      { text, weight: 1, negative: 1, mixed: 1, zero: 0, some: null },
      { text, weight: 2.5, negative: 2, mixed: 2, zero: 0 },
      { text, weight: 0, negative: -1, mixed: 3, zero: 0 },
      { text, weight: 7, negative: 4, mixed: "4", zero: 0, some: 2 },
    ];
    for (const item of items) collection.add(item);
    collection.finish();
    expect(collection.blocks.map(({ itemCount, sums }) => [itemCount, sums])).toEqual([
      [3, { weight: 3.5, some: 0 }],
      [1, { weight: 7, some: 2 }],
    ]);
  });

  test("has no sums when no field can be a weight", () => {
    const collection = new CollectionBlocks();
    collection.add({ name: "a" });
    collection.finish();
    expect(collection.blocks[0]).not.toHaveProperty("sums");
  });
});

describe("checkFiles", () => {
  const file = { fileName: "a.csv", bytes: 1 };

  test("a file without a collection becomes seeds, and files of one collection are uploaded side by side", () => {
    const files = checkFiles({
      name: "x",
      files: [
        { ...file, collection: null },
        { ...file, collection: "movies", bytes: MAX_SEED_FILE_BYTES },
        { fileName: "b.parquet", bytes: 1 },
        { fileName: "c.json.gz", bytes: 1, collection: "seeds" },
      ],
    });
    expect(files).toEqual([
      { collection: "seeds", fileName: "a.csv", upload: "seeds" },
      { collection: "movies", fileName: "a.csv", upload: "movies" },
      { collection: "seeds", fileName: "b.parquet", upload: "seeds.2" },
      { collection: "seeds", fileName: "c.json.gz", upload: "seeds.3" },
    ]);
  });

  test.each<[object, RegExp]>([
    [{ name: "x".repeat(101) }, /^The seed set's name must have 1 to 100 characters/],
    [
      { files: Array.from({ length: 11 }, (_, n) => ({ ...file, collection: `c${n}` })) },
      /^A seed set needs 1 to 10 files, not 11\.$/,
    ],
    [{ files: [{ ...file, bytes: 0 }] }, /^The file "a\.csv" must have 1 to 1,000,000,000 bytes, not 0\.$/],
    [{ files: [{ ...file, bytes: 1.5 }] }, /bytes, not 1\.5/],
    [{ files: [{ ...file, fileName: "a.gz" }] }, /^The file "a\.gz" must have the extension \.json/],
    [{ files: [{ ...file, collection: "1st" }] }, /^The collection "1st" needs a name/],
    [{ files: [{ ...file, collection: "x".repeat(41) }] }, /needs a name of 1 to 40 letters/],
  ])("refuses case %#", (wish, sentence) => {
    expect(() => checkFiles({ name: "x", files: [file], ...wish })).toThrow(sentence);
  });
});
