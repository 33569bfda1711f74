import { gzipSync } from "node:zlib";
import { batches, notesOf, read } from "./given.ts";

describe("numbers that JSON or JavaScript lacks", () => {
  test("NaN and infinite ones are null, and told", async () => {
    const text = '{"v":NaN,"t":"NaN, \\"Infinity\\""}\n{"v":[1,-Infinity]}\n{"v":1e999}\n{"v":2}\n';
    expect(await read("f.jsonl", text)).toEqual([
      { v: null, t: 'NaN, "Infinity"' },
      { v: [1, null] },
      { v: null },
      { v: 2 },
    ]);
    expect(await notesOf("f.jsonl", text)).toEqual([
      'In 3 lines of "f.jsonl" (first: 1), NaN or Infinity became null, since JSON has neither.',
    ]);
    expect(await notesOf("f.json", '[{"v":1},{"v":NaN}]')).toEqual([
      'In item 2 of "f.json", NaN or Infinity became null, since JSON has neither.',
    ]);
  });

  test("numbers keep every digit, as texts where JavaScript's would not", async () => {
    const text =
      '{"id":1234567890123456789,"n":-9007199254740992,"x":0.12345678901234567890,"y":[12345678901.2345678,-0,0.30000000000000004],"t":"1234567890123456789"}\n';
    expect(await read("f.jsonl", text)).toEqual([
      {
        id: "1234567890123456789",
        n: -9007199254740992,
        x: "0.12345678901234567890",
        y: ["12345678901.2345678", -0, 0.30000000000000004],
        t: "1234567890123456789",
      },
    ]);
    expect(await notesOf("f.jsonl", text)).toEqual([
      'In line 1 of "f.jsonl", numbers of more than 15 digits became texts, to keep every digit.',
    ]);
  });
});

describe("plain text", () => {
  test("has an item on each line, whichever line ends it has", async () => {
    for (const end of ["\n", "\r\n", "\r"])
      for (const size of [1, 3, 1000])
        expect(await read("f.txt", ["first", "", " second, one ", "third"].join(end), size)).toEqual([
          { text: "first" },
          { text: " second, one " },
          { text: "third" },
        ]);
    expect(await read("f.txt.gz", gzipSync("a\n"))).toEqual([{ text: "a" }]);
  });

  test("says when it looks like a table", async () => {
    expect(await notesOf("f.txt", "a\tb\n1\t2\n")).toEqual([
      '"f.txt" looks like a table; name it .tsv to have its columns as fields instead of whole lines.',
    ]);
  });

  test("a line that is too long is refused in a sentence", async () => {
    await expect(read("f.txt", `a\n${"x".repeat(1_100_000)}`, 65_536)).rejects.toThrow(
      'Line 2 of "f.txt" has more than 1,000,000 characters; break it into several lines.',
    );
  });
});

describe("JSON Lines", () => {
  test("reads objects, passing over empty lines", async () => {
    expect(await read("f.jsonl", '{"a":1}\r\n\n  \n{"a":"\\n"}')).toEqual([{ a: 1 }, { a: "\n" }]);
    expect(await read("f.ndjson", '{"a":1}\n')).toEqual([{ a: 1 }]);
  });

  test.each([
    ['{"a":1}\n{"a":\n', /^Line 2 of "f.jsonl" is not valid JSON: .+\.$/],
    ['{"a":NaN,}\n', /^Line 1 of "f.jsonl" is not valid JSON/],
    ['"text"\n{"a":1}\n', 'Line 2 of "f.jsonl" must be a text as the first one is, not an object.'],
    [
      `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
      'Line 1 of "f.jsonl" is nested more than 100 levels deep; flatten it.',
    ],
    [`{"a":${"[".repeat(10_000)}`, /^Line 1 of "f.jsonl" is not valid JSON/],
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
    const items = [{ a: ']},{["\\', n: 0 }, { b: [1, [2, { c: "," }]] }, {}, { näme: "😀", n: 1 }];
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

  test("passes over what is beside the lists, at any chunk boundary", async () => {
    const coco = {
      info: { year: 2017, tags: [1] },
      images: [{ id: 1 }, { id: 2 }],
      annotations: [{ box: [1, 2] }],
      by: null,
    };
    for (const size of [1, 4, 1000]) {
      const found = await batches("f.json", JSON.stringify(coco), size);
      const of = (name: string) => found.filter(({ collection }) => collection === name).flatMap(({ items }) => items);
      expect([of("images"), of("annotations")]).toEqual([coco.images, coco.annotations]);
    }
  });

  test.each<[string, unknown, [string | undefined, unknown[]][], RegExp[]]>([
    [
      "the only list is the file's collection",
      { version: "1.1", data: [{ title: "Bern", qas: [{ id: "1" }] }] },
      [[undefined, [{ title: "Bern", qas: [{ id: "1" }] }]]],
      [],
    ],
    [
      "as is the only one of objects",
      { topics: ["a", "b"], data: [{ x: 1 }] },
      [
        ["topics", [{ text: "a" }, { text: "b" }]],
        [undefined, [{ x: 1 }]],
      ],
      [],
    ],
    ["or of texts", { version: 2, topics: ["a"] }, [[undefined, [{ text: "a" }]]], []],
    [
      "a list deeper in objects counts when there is none above",
      { data: { count: 1, children: [{ x: 1 }] } },
      [[undefined, [{ x: 1 }]]],
      [],
    ],
    [
      "lists of numbers are left out",
      { type: "FeatureCollection", bbox: [1, 2], features: [{ type: "Feature" }] },
      [[undefined, [{ type: "Feature" }]]],
      [/^The list "bbox" in "f\.json" was left out: it holds neither objects nor texts\.$/],
    ],
    [
      "rows of Hugging Face's API are unwrapped",
      {
        features: [{ feature_idx: 0, name: "q", type: { dtype: "string" } }],
        rows: [{ row_idx: 0, row: { q: "a" }, truncated_cells: [] }],
        partial: false,
      },
      [[undefined, [{ q: "a" }]]],
      [/^Of the items of "rows" in "f\.json", what is in "row" was read\.$/],
    ],
  ])("%s", async (_, value, lists, notes) => {
    for (const size of [1, 7, 1000]) {
      const found = await batches("f.json", JSON.stringify(value), size);
      const names = [...new Set(found.map(({ collection }) => collection))];
      const itemsOf = (name?: string) =>
        found.filter(({ collection }) => collection === name).flatMap(({ items }) => items);
      expect(names.map((name) => [name, itemsOf(name)]).toSorted()).toEqual(lists.toSorted());
    }
    expect(await notesOf("f.json", JSON.stringify(value))).toEqual(notes.map((note) => expect.stringMatching(note)));
  });

  test("reads JSON Lines by that name too, and a list named .jsonl", async () => {
    const lines = '{"a":1,"m":[{"r":1}]}\n{"a":2,"m":[{"r":2},{"r":3}]}\n';
    for (const size of [1, 1000]) {
      expect(await read("f.json", lines, size)).toEqual(await read("f.jsonl", lines, size));
      expect(await read("f.jsonl", '\n [{"a":1},\n{"a":2}]', size)).toEqual([{ a: 1 }, { a: 2 }]);
    }
    expect(await read("f.json", lines)).toHaveLength(2);
  });

  test("texts are items with a text", async () => {
    const items = [{ text: "first topic" }, { text: "second" }];
    expect(await read("f.json", '["first topic","second"]')).toEqual(items);
    expect(await read("f.jsonl", '"first topic"\n"second"\n')).toEqual(items);
    expect(await read("f.jsonl.gz", gzipSync('["first topic","second"]'))).toEqual(items);
  });

  test("an empty list has no items", async () => {
    expect(await read("f.json", " [ ] ")).toEqual([]);
  });

  test.each([
    ["", 'The file "f.json" is empty; it needs a list of objects.'],
    ["  \n", 'The file "f.json" is empty; it needs a list of objects.'],
    ["7", 'The file "f.json" must be a list of objects, or an object of named lists, but it starts with "7".'],
    ['[{"a":1},2]', 'Item 2 of "f.json" must be an object with named fields, not a number.'],
    ['[{"a":1},[2]]', 'Item 2 of "f.json" must be an object with named fields, not a list.'],
    ['[{"a":1},]', /^Item 2 of "f.json" is not valid JSON/],
    ['[{"a":1}{"a":2}]', /^Item 1 of "f.json" is not valid JSON/],
    ['[{"a":1},{"a":', /^The file "f.json" ends abruptly after 1 items; it seems to be truncated\.$/],
    ['[{"a":1}] []', /^The file "f.json" is not valid JSON: expected the end of the file, found "\["/],
    [
      '{"a":1,"b":[[1]]}',
      'The file "f.json" has no list of objects, such as [{"title": "…"}]; write its items as one (in pandas: orient="records").',
    ],
    ['{"q":{"0":"x","1":"y"}}', /^The file "f.json" has no list of objects/],
    ['{"a":1} 2', /expected the end of the file, found "2"/],
    [
      `[${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}]`,
      'Item 1 of "f.json" is nested more than 100 levels deep; flatten it.',
    ],
    [
      `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
      'The file "f.json" nests objects more than 100 levels deep; flatten it to a list of objects.',
    ],
    ["[".repeat(10_000) + "]".repeat(10_000), 'Item 1 of "f.json" must be an object with named fields, not a list.'],
    ['{"a":[{"x":1}] "b":[]}', /expected "," or "}", found """ of "a"/],
    ['{"a":[{"x":1},5]}', 'Item 2 of "a" in "f.json" must be an object with named fields, not a number.'],
    ["{a:[]}", /expected a name in quotes, found "a"/],
    [`[{"a":"${"x".repeat(1_100_000)}`, /^Item 1 of "f.json" has more than 1,000,000 characters/],
  ])("refuses %# in a sentence", async (text, sentence) => {
    for (const size of [3, 65_536])
      if (size > 3 || text.length < 1_000) await expect(read("f.json", text, size)).rejects.toThrow(sentence);
  });
});
