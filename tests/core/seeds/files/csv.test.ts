import { read } from "./given.ts";

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
    [
      "text behind a closing quote: then the quotes belong to the text",
      'a,b\n"x"y,"z" \n"1""","p,q"\n',
      [
        { a: '"x"y', b: '"z" ' },
        { a: '1"', b: "p,q" },
      ],
    ],
    [
      "line ends of old files",
      "a,b\r1,x\r2,y",
      [
        { a: 1, b: "x" },
        { a: 2, b: "y" },
      ],
    ],
    [
      "quoted cells at line ends of Windows",
      'a,b\r\n"1","x\r\ny"\r\n2,""\r\n',
      [
        { a: 1, b: "x\r\ny" },
        { a: 2, b: null },
      ],
    ],
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
      'Row 2 of "f.csv" has 3 values, but the header has 2 columns; quote texts that contain commas or line breaks.',
    ],
    ["a column twice", "a,b,a\n1,2,3\n", 'Two columns of "f.csv" are named "a"; each needs its own name.'],
    ["a column without a name", "a,,c\n1,2,3\n", 'Column 2 of "f.csv" has no name in the header; name it.'],
    [
      "a quote that is not closed",
      'a\n"x\n1\n',
      /^The file "f.csv" is not a valid table: Quote Not Closed: .* at line 3\.$/,
    ],
    [
      "bytes that are not UTF-8",
      Uint8Array.from([0x61, 0x0a, 0xe4, 0x0a]),
      'The file "f.csv" is not UTF-8 text; save it as UTF-8 and upload it again.',
    ],
    ["UTF-16", Uint8Array.from([0xff, 0xfe, 0x61, 0x00]), /is not UTF-8 text/],
    ["a cell without end", `a\n"${"x".repeat(1_100_000)}`, /^The file "f.csv" is not a valid table: Max Record Size: /],
  ])("%s is refused in a sentence", async (_, text, sentence) => {
    await expect(read("f.csv", text, 65_536)).rejects.toThrow(sentence);
  });
});
