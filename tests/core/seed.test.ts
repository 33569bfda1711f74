import { CollectionBlocks, fitRow } from "../../core/seed-blocks.ts";
import {
  checkFiles,
  checkFit,
  FieldSummary,
  jsonTypeOf,
  MAX_SEED_FILE_BYTES,
  SEED_BLOCK_BYTES,
  seedFormatOf,
} from "../../core/seed.ts";
import { parseTemplate } from "../../core/template.ts";

test.each([
  ["films.csv", "csv"],
  ["FILMS.TSV", "tsv"],
  ["a.b.json", "json"],
  ["films.jsonl", "jsonl"],
  ["films.ndjson", "jsonl"],
])("%s is read as %s", (name, format) => {
  expect(seedFormatOf(name)).toBe(format);
});

test.each([
  [null, "null"],
  [1, "integer"],
  [1.5, "number"],
  ["", "string"],
  [true, "boolean"],
  [[], "array"],
  [{}, "object"],
])("%j is a JSON %s", (value, type) => {
  expect(jsonTypeOf(value)).toBe(type);
});

describe("FieldSummary", () => {
  test("tells types, what is missing and three different examples of each field", () => {
    const summary = new FieldSummary();
    for (const item of [
      { a: 1, b: "x" },
      { a: 1.5, b: "" },
      { a: null, b: "y" },
      { a: "z" },
      { a: 1, c: ["long".repeat(50)] },
    ])
      summary.add(item);
    expect(summary.fields()).toEqual([
      { name: "a", types: ["integer", "number", "string"], missing: 1, examples: ["1", "1.5", '"z"'] },
      { name: "b", types: ["string"], missing: 3, examples: ['"x"', '"y"'] },
      { name: "c", types: ["array"], missing: 4, examples: [expect.stringMatching(/^\["long.{73}…$/)] },
    ]);
  });

  test("refuses more fields than a table has", () => {
    const summary = new FieldSummary();
    const wide = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, n) => [`f${from + n}`, 1]));
    summary.add(wide(0, 200));
    expect(() => summary.add(wide(200, 201))).toThrow(
      "The items have more than 200 different fields; keep those that templates need.",
    );
  });
});

describe("CollectionBlocks", () => {
  test("cuts items into blocks of about a megabyte that together hold each item once", () => {
    const collection = new CollectionBlocks();
    const items = Array.from({ length: 30 }, (_, n) => ({ n, text: "ä".repeat(100_000) }));
    const full = [...items.map((item) => collection.add(item)), collection.finish()].flatMap((block) => block ?? []);
    expect(full.map(({ number }) => number)).toEqual([0, 1, 2]);
    const lines = full.map(({ bytes }) =>
      new TextDecoder()
        .decode(bytes)
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).n),
    );
    expect(lines.flat()).toEqual(items.map(({ n }) => n));
    expect(collection.blocks).toEqual(
      full.map(({ bytes }, n) => ({ firstItem: lines[n]?.[0], itemCount: lines[n]?.length, bytes: bytes.length })),
    );
    expect(collection.row("seeds", "a.jsonl")).toMatchObject({
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
});

test("summaries that are too long for a row lose their examples, and are refused when that is not enough", () => {
  const collection = (name: string, length: number) => ({
    ...{ name, fileName: "f", itemCount: 1, bytes: 1 },
    fields: Array.from({ length: 200 }, (_, n) => ({
      name: `${n}`.padEnd(length, "x"),
      types: ["string"],
      missing: 0,
      examples: ["y".repeat(80), "z".repeat(80)],
    })),
  });
  expect(fitRow([collection("a", 10)])[0]?.fields[0]?.examples).toHaveLength(2);
  const many = Array.from({ length: 8 }, (_, n) => collection(`c${n}`, 10));
  expect(fitRow(many)[0]?.fields[0]).toMatchObject({ name: "0xxxxxxxxx", examples: [] });
  expect(() => fitRow(many.map(({ name }) => collection(name, 200)))).toThrow(
    /^The fields of the seed set are too many or their names too long/,
  );
});

describe("checkFit", () => {
  const template = parseTemplate(`name: Film questions
pick: { movie: { from: movies } }
steps: [{ id: ask, tier: economy, prompt: "<%= it.movie.Title %> <%= it.movie.Year ?? '' %>" }]`);
  const collection = (name: string, ...fields: string[]) => ({
    ...{ name, fileName: "f.csv", itemCount: 1, bytes: 1 },
    fields: fields.map((field) => ({ name: field, types: ["string"], missing: 0, examples: [] })),
  });

  test("lets pass what has every field that is required", () => {
    expect(() => checkFit(template, [collection("movies", "Title")])).not.toThrow();
  });

  test.each([
    [
      [collection("films", "Title"), collection("cars", "Name")],
      'Template "Film questions" step "ask" draws from the collection "movies", but the seed set has none (it has films, cars).',
    ],
    [
      [collection("movies", "Name", "Year")],
      'Template "Film questions" step "ask" reads Title; the collection "movies" has no "Title" (it has Name, Year).',
    ],
    [
      [collection("movies", ..."abcdefghijklmnop")],
      'Template "Film questions" step "ask" reads Title; the collection "movies" has no "Title" (it has a, b, c, d, e, f, g, h, i, j, k, l and 4 more).',
    ],
  ])("names what is missing, and what there is, case %#", (collections, sentence) => {
    expect(() => checkFit(template, collections)).toThrow(sentence);
  });
});

describe("checkFiles", () => {
  const file = { fileName: "a.csv", bytes: 1 };

  test("a file without a collection becomes seeds", () => {
    expect(
      checkFiles({
        name: "x",
        files: [
          { ...file, collection: null },
          { ...file, collection: "movies", bytes: MAX_SEED_FILE_BYTES },
        ],
      }),
    ).toEqual([
      { collection: "seeds", fileName: "a.csv" },
      { collection: "movies", fileName: "a.csv" },
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
    [{ files: [{ ...file, fileName: "a" }] }, /^The file "a" must end in \.json/],
    [{ files: [{ ...file, collection: "1st" }] }, /^The collection "1st" needs a name/],
    [{ files: [{ ...file, collection: "x".repeat(41) }] }, /needs a name of 1 to 40 letters/],
  ])("refuses case %#", (wish, sentence) => {
    expect(() => checkFiles({ name: "x", files: [file], ...wish })).toThrow(sentence);
  });
});
