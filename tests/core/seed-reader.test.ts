import fc from "fast-check";
import { createReadStream, readFileSync } from "node:fs";
import { readSeedFile, type SeedBatch } from "../../core/seed-reader.ts";
import type { SeedItem } from "../../core/seed.ts";

const VEGA = new URL("../../node_modules/vega-datasets/data/", import.meta.url);

/** The bytes in chunks of `size`: any boundary must do, also inside a character. */
async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function batches(fileName: string, text: string | Uint8Array, size = 7): Promise<SeedBatch[]> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const all: SeedBatch[] = [];
  for await (const batch of readSeedFile(fileName, () => chunks(bytes, size))) all.push(batch);
  return all;
}

async function read(fileName: string, text: string | Uint8Array, size = 7): Promise<SeedItem[]> {
  return (await batches(fileName, text, size)).flatMap(({ items }) => items);
}

describe("tables", () => {
  test.each<[string, string, unknown[]]>([
    [
      "numbers, booleans and text by column",
      "n,b,t\n1,true,x\n-2.50,FALSE,y\n",
      [
        { n: 1, b: true, t: "x" },
        { n: -2.5, b: false, t: "y" },
      ],
    ],
    ["leading zeros keep a column text", "zip\n00501\n10001\n", [{ zip: "00501" }, { zip: "10001" }]],
    ["a word keeps a column text", "n\n1\nabout 2\n", [{ n: "1" }, { n: "about 2" }]],
    [
      "numbers with more digits than a number keeps stay text",
      "id\n12345678901234567890\n",
      [{ id: "12345678901234567890" }],
    ],
    ["a column of numbers and booleans is text", "x\n1\ntrue\n", [{ x: "1" }, { x: "true" }]],
    [
      "empty cells are null and decide nothing",
      "a,b\n,1\n2,\n",
      [
        { a: null, b: 1 },
        { a: 2, b: null },
      ],
    ],
    ["line breaks, commas and quotes in quotes", 'a,b\n"x\ny","1,5 ""m"""\n', [{ a: "x\ny", b: '1,5 "m"' }]],
    ["a quote inside a text without quotes", 'a\n5" pipe\n', [{ a: '5" pipe' }]],
    ["a byte order mark and Windows line ends", "\ufeffa,b\r\n1,2\r\n", [{ a: 1, b: 2 }]],
    ["no line end at the end, and empty lines", "a\n\n1\n\n2", [{ a: 1 }, { a: 2 }]],
    [
      "names of columns that are names of JavaScript",
      "__proto__,constructor\n1,2\n",
      [JSON.parse('{"__proto__":1,"constructor":2}')],
    ],
    ["characters of several bytes", "ä\n日本\n", [{ ä: "日本" }]],
  ])("%s", async (_, text, items) => {
    for (const size of [1, 3, 1000])
      expect(JSON.stringify(await read("f.csv", text, size))).toBe(JSON.stringify(items));
  });

  test("tabs separate in .tsv", async () => {
    expect(await read("f.TSV", "a\tb\n1,5\tx\n")).toEqual([{ a: "1,5", b: "x" }]);
  });

  test.each<[string, string | Uint8Array, string | RegExp]>([
    ["an empty file", "", 'The file "f.csv" is empty; it needs a header and rows.'],
    [
      "a row with a value too many",
      "a,b\n1,2\n1,2,3\n",
      'Row 2 of "f.csv" has 3 values, but the header names 2 columns; put texts with commas or line breaks in quotes.',
    ],
    ["a column twice", "a,b,a\n1,2,3\n", 'Two columns of "f.csv" are called "a"; each needs a name of its own.'],
    ["a column without a name", "a,,c\n1,2,3\n", 'Column 2 of "f.csv" has no name in the header; give it one.'],
    ["a quote that is not closed", 'a\n"x\n1\n', /^The file "f.csv" is not a readable table: Quote Not Closed/],
    [
      "bytes that are not UTF-8",
      Uint8Array.from([0x61, 0x0a, 0xe4, 0x0a]),
      'The file "f.csv" is not text in UTF-8; save it as UTF-8 and upload it again.',
    ],
    ["UTF-16", Uint8Array.from([0xff, 0xfe, 0x61, 0x00]), /is not text in UTF-8/],
    ["a cell without end", `a\n"${"x".repeat(1_100_000)}`, /is not a readable table: Max Record Size/],
  ])("%s is refused in a sentence", async (_, text, sentence) => {
    await expect(read("f.csv", text, 65_536)).rejects.toThrow(sentence);
  });
});

describe("JSON Lines", () => {
  test("reads objects, passing over empty lines", async () => {
    expect(await read("f.jsonl", '{"a":1}\r\n\n  \n{"a":"\\n"}')).toEqual([{ a: 1 }, { a: "\n" }]);
    expect(await read("f.ndjson", '{"a":1}\n')).toEqual([{ a: 1 }]);
  });

  test.each([
    ['{"a":1}\n{"a":\n', /^Line 2 of "f.jsonl" is not valid JSON: .+\.$/],
    ['{"a":NaN}\n', /^Line 1 of "f.jsonl" is not valid JSON/],
    ['{"a":1}\n\n"text"\n', 'Line 3 of "f.jsonl" must be an object with named fields, not a string.'],
    ["null\n", 'Line 1 of "f.jsonl" must be an object with named fields, not null.'],
    [`{"a":"${"x".repeat(1_100_000)}`, /^Line 1 of "f.jsonl" has more than 1,000,000 characters/],
    [`{"${"x".repeat(300)}":1}`, /^Line 1 of "f.jsonl" has a field whose name has more than 200 characters/],
  ])("refuses %# in a sentence", async (text, sentence) => {
    await expect(read("f.jsonl", text, 65_536)).rejects.toThrow(sentence);
  });
});

describe("JSON", () => {
  test("reads a list, whatever its texts hold", async () => {
    const items = [{ a: ']},{["\\' }, { b: [1, [2, { c: "," }]] }, {}, { näme: "😀" }];
    for (const space of [undefined, 2])
      for (const size of [1, 5, 1000])
        expect(await read("f.json", `\ufeff ${JSON.stringify(items, null, space)}\n`, size)).toEqual(items);
  });

  test("reads an object of lists as collections", async () => {
    const found = await batches("f.json", '{ "a" : [ {"x":1} , {"x":2} ] , "b":[], "c\\"d": [{"y":3}] }');
    expect(found.map(({ collection, items }) => [collection, items])).toEqual([
      ["a", [{ x: 1 }]],
      ["a", [{ x: 2 }]],
      ['c"d', [{ y: 3 }]],
    ]);
  });

  test("an empty list has no items", async () => {
    expect(await read("f.json", " [ ] ")).toEqual([]);
  });

  test("any list of objects is read back as it was, however it is cut into chunks", async () => {
    const anyItem = fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), async (items, size) => {
        const plain = JSON.stringify(items);
        expect(JSON.stringify(await read("f.json", plain, size))).toBe(JSON.stringify(JSON.parse(plain)));
        const lines = items.map((item) => JSON.stringify(item)).join("\n");
        expect(JSON.stringify(await read("f.jsonl", lines, size))).toBe(JSON.stringify(JSON.parse(plain)));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["", 'The file "f.json" is empty; it needs a list of objects.'],
    ["  \n", 'The file "f.json" is empty; it needs a list of objects.'],
    ["7", 'The file "f.json" must be a list of objects, or an object of named lists, but it begins with "7".'],
    ['[{"a":1},2]', 'Item 2 of "f.json" must be an object with named fields, not a number.'],
    ['[{"a":1},[2]]', 'Item 2 of "f.json" must be an object with named fields, not a list.'],
    ['[{"a":1},]', /^Item 2 of "f.json" is not valid JSON/],
    ['[{"a":1}{"a":2}]', /^Item 1 of "f.json" is not valid JSON/],
    ['[{"a":1},{"a":', /^The file "f.json" ends in the middle, after 1 items; it seems to be cut off\.$/],
    ['[{"a":1}] []', /^The file "f.json" is not valid JSON: expected the end of the file, found "\["/],
    [
      '{"a":1,"b":2}\n{"a":3}',
      '"a" in "f.json" must be a list of objects; if each line of the file is an object, let its name end in .jsonl.',
    ],
    ['{"a":[{"x":1}] "b":[]}', /expected "," or "}", found """ of "a"/],
    ['{"a":[{"x":1},5]}', 'Item 2 of "a" in "f.json" must be an object with named fields, not a number.'],
    ["{a:[]}", /expected a name in quotes, found "a"/],
    [`[{"a":"${"x".repeat(1_100_000)}`, /^Item 1 of "f.json" has more than 1,000,000 characters/],
  ])("refuses %# in a sentence", async (text, sentence) => {
    for (const size of [3, 65_536])
      if (size > 3 || text.length < 1_000) await expect(read("f.json", text, size)).rejects.toThrow(sentence);
  });
});

test("another ending is refused, naming those that are known", async () => {
  await expect(read("f.xlsx", "")).rejects.toThrow(
    'The file "f.xlsx" must end in .json, .jsonl, .ndjson, .csv, .tsv; the ending tells its format.',
  );
});

test.each([
  ["movies.json", 3201],
  ["cars.json", 406],
  ["airports.csv", 3376],
  ["unemployment.tsv", 3218],
  ["miserables.json", 77 + 254],
  ["zipcodes.csv", 42_049],
])("reads all rows of %s", async (name, count) => {
  let items = 0;
  for await (const batch of readSeedFile(name, () => createReadStream(new URL(name, VEGA))))
    items += batch.items.length;
  expect(items).toBe(count);
});

test("movies.json is read as JSON.parse reads it", async () => {
  const bytes = readFileSync(new URL("movies.json", VEGA));
  expect(await read("movies.json", bytes, 50_021)).toEqual(JSON.parse(bytes.toString("utf8")));
});

test("postal codes keep their zeros, coordinates become numbers", async () => {
  const [first] = await read("zipcodes.csv", readFileSync(new URL("zipcodes.csv", VEGA)), 65_536);
  expect(first).toMatchObject({ zip_code: "00501", latitude: 40.922326 });
});
