import { gzipSync } from "node:zlib";
import { InvalidRows } from "../../../../core/seeds/files/invalid-rows.ts";
import { notesOf, read } from "./given.ts";

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
    ["so do digits beside a point", "n\n123456789012345.123456789\n", [{ n: "123456789012345.123456789" }]],
    ["what Python writes of a number is that number", "n\n0.30000000000000004\n", [{ n: 0.30000000000000004 }]],
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
    ["only empty rows", ",,\n\n , \n", 'The file "f.csv" is empty; it needs a header and rows.'],
    [
      "a row with a value too many",
      'a,b\n"x\ny",2\n\n1,2,3\n',
      'Line 5 of "f.csv" has 3 values, but the header has 2 columns; quote texts that contain commas or line breaks.',
    ],
    ["the same between semicolons", "a;b\n1;2\n1;2;3\n", /^Line 3 .+ contain semicolons or line breaks\.$/],
    [
      "bytes that are not UTF-8",
      Uint8Array.from([0x61, 0x0a, 0xe4, 0x0a]),
      'The file "f.csv" is not UTF-8 text; save it as UTF-8 (in Excel: "CSV UTF-8") and upload it again.',
    ],
    ["a packed file", gzipSync("a\n1\n"), 'The file "f.csv" is compressed with gzip; add .gz to its name.'],
    [
      "a workbook",
      Uint8Array.from([0x50, 0x4b, 3, 4, 0x8f, 0xff]),
      /is an Excel workbook or a zip archive; export its table as CSV/,
    ],
    [
      "a line without end",
      `a\n${"x".repeat(1_100_000)}`,
      /^Line 2 of "f.csv" has more than 1,000,000 characters; split its texts, or check that the file is a table separated by commas\.$/,
    ],
  ])("%s is refused in a sentence", async (_, text, sentence) => {
    await expect(read("f.csv", text, 65_536)).rejects.toThrow(sentence);
  });
});

describe("a quote that is not closed is told where it opens", () => {
  const sentence = (line: number) =>
    `A quote that opens in line ${line} of "f.csv" is not closed; close it, and double quotes inside a quoted text ("").`;

  test.each([
    ["at the end of the file", 'a\n"x\n1\n', 2],
    ["though another one follows it", 'a,b\n1,"x\n2,"y"\n3,z\n', 2],
    ["behind cells of several lines", 'a,b\n"1\n\n2","x\n3,y\n', 4],
    ["in the header", 'a,"b\n1,2\n', 1],
    ["with the line ends of Windows", 'a,b\r\n"1\r\n2",3\r\n4,"x\r\n', 4],
    ["in more text than an item may have", `a\n1\n"${"x\n".repeat(600_000)}`, 3],
  ])("%s", async (_, text, line) => {
    await expect(read("f.csv", text, text.length > 1_000 ? 65_536 : 1)).rejects.toThrow(sentence(line));
  });

  test("and costs that line alone when invalid rows are skipped", async () => {
    const invalid = new InvalidRows(true);
    expect(await read("f.csv", 'a,b\n1,"x\n2,"y"\n3,z\n4,"\n', 3, invalid)).toEqual([
      { a: 2, b: "y" },
      { a: 3, b: "z" },
    ]);
    expect(invalid.skipped?.first.map(({ row, reason }) => [row, reason])).toEqual([
      [2, sentence(2)],
      [5, sentence(5)],
    ]);
  });

  test("but blanks behind a closing quote are none", async () => {
    expect(await read("f.csv", 'a,b\n"x\ny" ,1\n')).toEqual([{ a: "x\ny", b: 1 }]);
  });
});

describe("tables as tools write them", () => {
  test.each<[string, string, unknown[], RegExp[]]>([
    [
      "pandas with its index",
      ",question,answer\n0,a?,x\n1,b?,y\n",
      [
        { column_1: 0, question: "a?", answer: "x" },
        { column_1: 1, question: "b?", answer: "y" },
      ],
      [/^Column 1 of "f\.csv" has no name in the header; it is called "column_1"\.$/],
    ],
    ["a column without a name, beside its substitute", "column_2,,c\n1,2,3\n", [{ column_2: 1, column_2_2: 2, c: 3 }], [/Column 2/]], // prettier-ignore
    ["a comma at each end", "name,value,\na,1,\nb,2,\n", [{ name: "a", value: 1 }, { name: "b", value: 2 }], []], // prettier-ignore
    ["empty cells too many", "name,value\na,1,,\nb,2,, \n", [{ name: "a", value: 1 }, { name: "b", value: 2 }], []], // prettier-ignore
    [
      "rows that end early",
      "a,b,c\n1\n2,x\n3,y,z\n",
      [
        { a: 1, b: null, c: null },
        { a: 2, b: "x", c: null },
        { a: 3, b: "y", c: "z" },
      ],
      [/^In 2 lines of "f\.csv" \(first: 2\), there are fewer values than columns; the others are null\.$/],
    ],
    ["rows of commas only", ",,\na,b,c\n,,\n1,2,3\n , ,\n\n", [{ a: 1, b: 2, c: 3 }], []],
    [
      "names that repeat",
      "a,b,a,a,a_2\n1,2,3,4,5\n",
      [{ a: 1, b: 2, a_3: 3, a_4: 4, a_2: 5 }],
      [/^Several columns of "f\.csv" are named "a"; column 3 is called "a_3"\.$/, /column 4 is called "a_4"/],
    ],
    ["semicolons", "name;n\na,b;1\nc;2\n", [{ name: "a,b", n: 1 }, { name: "c", n: 2 }], []], // prettier-ignore
    ["tabs", "name\tn\na, b\t1\n", [{ name: "a, b", n: 1 }], []],
    ["vertical bars", "name|people\nBern|134000\n", [{ name: "Bern", people: 134000 }], []],
    ["commas, whatever their texts hold", "a,b\nx;y;z,1|2\nu;v;w,3|4\n", [{ a: "x;y;z", b: "1|2" }, { a: "u;v;w", b: "3|4" }], []], // prettier-ignore
    ["a quoted name with the other delimiter", '"a;b",c\n1,2\n', [{ "a;b": 1, c: 2 }], []],
    ["quoted texts with as many of the other delimiter", 'id,"Notes; remarks"\n1,"a; b"\n', [{ id: 1, "Notes; remarks": "a; b" }], []], // prettier-ignore
    ["inches beside the delimiter", 'size;n\n5" pipe, long;1\n', [{ size: '5" pipe, long', n: 1 }], []],
    ["a declared delimiter", "sep=;\r\na;b\r\n1;2\r\n", [{ a: 1, b: 2 }], []],
    ["one that Excel has quoted and padded", '"sep=|"||\na|b|c\n1|2|3\n', [{ a: 1, b: 2, c: 3 }], []],
    ["mixed line ends", "a,b\r\n1,2\n3,4\r5,6", [{ a: 1, b: 2 }, { a: 3, b: 4 }, { a: 5, b: 6 }], []], // prettier-ignore
  ])("%s", async (_, text, items, notes) => {
    for (const size of [1, 5, 1000])
      expect(JSON.stringify(await read("f.csv", text, size))).toBe(JSON.stringify(items));
    expect(await notesOf("f.csv", text)).toEqual(notes.map((note) => expect.stringMatching(note)));
  });

  test.each<[string, string, unknown[]]>([
    ["commas between semicolons", "area\n51,6\n-0,5\n1\n", [51.6, -0.5, 1]],
    ["points between semicolons", "area\n51.6\n1.25\n", [51.6, 1.25]],
    ["commas that may separate thousands stay text", "n\n1,234\n12,500\n", ["1,234", "12,500"]],
    ["unless another column has decimal commas", "n;x\n1,234;0,5\n", [1.234]],
    ["points beside decimal commas stay text", "n;x\n1.234;0,5\n2;0,25\n", ["1.234", "2"]],
    ["both in one number stay text", "n\n1.234,56\n", ["1.234,56"]],
    ["both in one column stay text", "n\n1.5\n1,5\n", ["1.5", "1,5"]],
  ])("decimal %s", async (_, text, values) => {
    const column = text.slice(0, text.indexOf("\n")).split(";")[0] as string;
    const items = await read(
      "f.csv",
      text.replace(/^.*$/gm, (line) => line && `${line};t`),
    );
    expect(items.map((item) => item[column])).toEqual(values);
  });

  test("a number with a comma between commas stays text", async () => {
    expect(await read("f.csv", 'a,b\n"1,5",x\n"1,234",y\n')).toEqual([
      { a: "1,5", b: "x" },
      { a: "1,234", b: "y" },
    ]);
  });

  test.each(["utf-16le", "utf-16be"])("%s, as Excel's Unicode text", async (encoding) => {
    for (const mark of ["\ufeff", ""]) {
      const bytes = Buffer.from(`${mark}name;n\r\nÄrger 😀;1,5\r\n`, "utf16le");
      const text = encoding === "utf-16le" ? bytes : bytes.swap16();
      for (const size of [1, 3, 1000]) expect(await read("f.csv", text, size)).toEqual([{ name: "Ärger 😀", n: 1.5 }]);
      expect(await read("f.csv.gz", gzipSync(text))).toEqual([{ name: "Ärger 😀", n: 1.5 }]);
    }
  });
});
