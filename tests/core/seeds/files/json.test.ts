import { batches, read } from "./given.ts";

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
      '{"a":1,"b":2}\n{"a":3}',
      '"a" in "f.json" must be a list of objects; if each line of the file is an object, use the extension .jsonl.',
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
