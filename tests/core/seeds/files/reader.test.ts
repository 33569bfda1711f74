import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { InvalidRows } from "../../../../core/seeds/files/invalid-rows.ts";
import { gunzipped } from "../../../../core/seeds/files/gzip.ts";
import { readSeedFile } from "../../../../core/seeds/files/reader.ts";
import type { SeedItem } from "../../../../core/seeds/seed-set.ts";
import { batches, chunks, read } from "./given.ts";

const VEGA = new URL("../../../../node_modules/vega-datasets/data/", import.meta.url);
const COUNTRIES = new URL("../../../../node_modules/world-countries/dist/", import.meta.url);

test("rejects other extensions, naming the supported ones", async () => {
  const endings = ".json, .jsonl, .ndjson, .csv, .tsv, .txt, .parquet";
  await expect(read("f.xlsx", "")).rejects.toThrow(
    `The file "f.xlsx" must have the extension ${endings}, optionally followed by .gz.`,
  );
});

describe("whatever is written is read back", () => {
  const anyItem = fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const flatRow = (names: string[]) => fc.tuple(...names.map(() => fc.string({ unit: "grapheme", maxLength: 8 })));
  const columnName = fc.stringMatching(/^[a-zé,"\n]{1,6}$/).map((name) => `c${name}c`);
  const flatTable = fc
    .uniqueArray(columnName, { minLength: 1, maxLength: 4 })
    .chain((names) => fc.tuple(fc.constant(names), fc.array(flatRow(names), { maxLength: 5 })));
  const size = fc.integer({ min: 1, max: 40 });

  /** As it is, and packed: both must give the same. */
  async function readTwice(fileName: string, text: string, chunkSize: number): Promise<string> {
    const plain = JSON.stringify(await read(fileName, text, chunkSize));
    expect(JSON.stringify(await read(`${fileName}.gz`, gzipSync(text), chunkSize))).toBe(plain);
    return plain;
  }

  test("lists of objects as JSON and JSON Lines, plain and packed, cut into chunks anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem, { maxLength: 6 }), size, async (items, chunkSize) => {
        const written = JSON.stringify(items);
        const expected = JSON.stringify(JSON.parse(written));
        expect(await readTwice("f.json", written, chunkSize)).toBe(expected);
        const lines = items.map((item) => JSON.stringify(item)).join("\n");
        expect(await readTwice("f.jsonl", lines, chunkSize)).toBe(expected);
      }),
      { numRuns: 150, seed: 2 },
    );
  });

  test("tables of texts as CSV and TSV, plain and packed, cut into chunks anywhere", async () => {
    const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(flatTable, size, async ([names, rows], chunkSize) => {
        // A text in front keeps columns from being numbers; an empty cell would be null.
        const cells = rows.map((row) => row.map((cell) => `t${cell}`));
        const expected = JSON.stringify(cells.map((row) => Object.fromEntries(names.map((name, n) => [name, row[n]]))));
        for (const [fileName, delimiter] of [
          ["f.csv", ","],
          ["f.tsv", "\t"],
        ] as const) {
          const table = [names, ...cells].map((row) => row.map(quote).join(delimiter)).join("\r\n");
          expect(await readTwice(fileName, table, chunkSize)).toBe(expected);
        }
      }),
      { numRuns: 150, seed: 3 },
    );
  });
});

describe("packed files", () => {
  test("several gzip members are one file", async () => {
    const bytes = Buffer.concat([gzipSync("a,b\n1"), gzipSync(",2\n")]);
    expect(await read("f.csv.gz", bytes)).toEqual([{ a: 1, b: 2 }]);
  });

  test.each<[string, Uint8Array]>([
    ["is no gzip", new TextEncoder().encode("a,b\n1,2\n")],
    ["is cut off", gzipSync("a,b\n1,2\n").subarray(0, 20)],
  ])("what %s is refused in a sentence", async (_, bytes) => {
    await expect(read("f.csv.gz", bytes)).rejects.toThrow(
      /^The file "f\.csv\.gz" cannot be decompressed \(.+\); it must be a complete gzip file\.$/,
    );
  });

  test("a bomb is refused before it goes off", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, "a\n"));
    let unpacked = 0;
    const reading = async () => {
      for await (const chunk of await gunzipped("f.csv.gz", () => chunks(bomb, 1_000), 1_000_000)())
        unpacked += chunk.length;
    };
    await expect(reading()).rejects.toThrow(
      'The file "f.csv.gz" decompresses to more than 1 MB; split it, or upload it without .gz.',
    );
    expect(unpacked).toBeLessThanOrEqual(1_000_000);
  });

  test("an error of the store stays what it is", async () => {
    for (const [name, bytes] of [
      ["f.csv", Buffer.from("a,b\n1,")],
      ["f.csv.gz", gzipSync("a,b\n1,2\n").subarray(0, 15)],
    ] as const) {
      const open = async function* () {
        yield bytes;
        throw new TypeError("the store is gone");
      };
      const reading = async () => {
        for await (const batch of readSeedFile(name, { open })) void batch;
      };
      await expect(reading()).rejects.toThrow(TypeError);
    }
  });
});

describe("faulty rows", () => {
  test.each<[string, string, SeedItem[], number, number[]]>([
    [
      "f.csv",
      "a,b\n1,2\n3,4,5\n4,5,6\n7,8\n9,10",
      [
        { a: 1, b: 2 },
        { a: 7, b: 8 },
        { a: 9, b: 10 },
      ],
      2,
      [3, 4],
    ],
    ["f.jsonl", '{"a":1}\n{"a":\n\n[]\n{"a":2}\n{"a":3}', [{ a: 1 }, { a: 2 }, { a: 3 }], 2, [2, 4]],
    ["f.json", '[{"a":1},2,{"a":},{"a":3},{"a":4}]', [{ a: 1 }, { a: 3 }, { a: 4 }], 2, [2, 3]],
    ["f.json", '{"x":[{"a":1},{"a":2},7],"y":[{"a":3},null]}', [{ a: 1 }, { a: 2 }, { a: 3 }], 2, [3, 2]],
  ])("of %s are passed over when that is asked for, and told", async (name, text, items, count, rows) => {
    const faults = new InvalidRows(true);
    expect(await read(name, text, 3, faults)).toEqual(items);
    expect(faults.skipped?.count).toBe(count);
    expect(faults.skipped?.first.map(({ row }) => row)).toEqual(rows);
    for (const { fileName, reason } of faults.skipped?.first ?? []) {
      expect(fileName).toBe(name);
      expect(reason).toContain(`"${name}"`);
    }
    await expect(read(name, text, 3)).rejects.toThrow(faults.skipped?.first[0]?.reason);
  });

  test("decide nothing about the kinds of columns", async () => {
    expect(await read("f.csv", "n\n1\nx,y\n2\n", 3, new InvalidRows(true))).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test("a line without end is passed over without holding it", async () => {
    const faults = new InvalidRows(true);
    const text = `{"a":1}\n{"a":"${"x".repeat(3_000_000)}"}\n{"a":2}\n`;
    expect(await read("f.jsonl", text, 65_536, faults)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(faults.skipped).toMatchObject({ count: 1, first: [{ row: 2 }] });
  });

  test("the first 20 are told, each in few words", async () => {
    const faults = new InvalidRows(true);
    const bad = Array.from({ length: 30 }, () => `{"${"x".repeat(500)}`);
    const good = Array.from({ length: 30 }, (_, n) => `{"a":${n}}`);
    expect(await read("f.jsonl", [...bad, ...good].join("\n"), 1_000, faults)).toHaveLength(30);
    expect(faults.skipped?.count).toBe(30);
    expect(faults.skipped?.first).toHaveLength(20);
    for (const { reason } of faults.skipped?.first ?? []) expect(reason.length).toBeLessThanOrEqual(300);
  });

  test("more than half of a file are too many, however many sound rows the other files have", async () => {
    const faults = new InvalidRows(true);
    await read("good.csv", `a\n${"1\n".repeat(100)}`, 50, faults);
    await expect(read("bad.csv", "a\n1\n2,2\n3,3\n", 50, faults)).rejects.toThrow(
      /^2 of the 3 rows of "bad\.csv" are invalid, too many to skip; the first: Line 3 of "bad\.csv" has 2 values/,
    );
    // Each file is judged by itself.
    const each = new InvalidRows(true);
    for (const name of ["1.csv", "2.csv", "3.csv"]) await read(name, "a\n1\n2\n3,3\n4,4\n", 50, each);
    expect(each.skipped?.count).toBe(6);
    expect(await read("half.csv", "a\n1\n2,2\n", 50, new InvalidRows(true))).toEqual([{ a: 1 }]);
  });

  test("none are told when there were none", async () => {
    const faults = new InvalidRows(true);
    await read("f.csv", "a\n1\n", 50, faults);
    expect(faults.skipped).toBeUndefined();
  });
});

describe("files nobody here wrote", () => {
  const stream = (name: string, folder: URL) => ({ open: () => createReadStream(new URL(name, folder)) });
  const all = async (name: string, folder: URL) => {
    const items: SeedItem[] = [];
    for await (const batch of readSeedFile(name, stream(name, folder))) items.push(...batch.items);
    return items;
  };

  /** A cell as the file has it, given back from what was read. */
  const isCell = (value: unknown, cell: string) => {
    if (value === null) return cell === "";
    if (typeof value === "number") return Number(cell) === value && cell.trim() !== "";
    return typeof value === "boolean" ? cell.toLowerCase() === String(value) : cell === value;
  };

  const tables = [
    ...readdirSync(VEGA).map((name) => [name, VEGA] as const),
    ["countries.csv", COUNTRIES] as const,
  ].filter(([name]) => /\.[ct]sv$/.test(name));

  test.each(tables)("%s has in each cell what csv-parse finds there", async (name, folder) => {
    const delimiter = name.endsWith(".tsv") ? "\t" : ",";
    const [header = [], ...rows]: string[][] = parse(readFileSync(new URL(name, folder)), { bom: true, delimiter });
    const items = await all(name, folder);
    expect(items).toHaveLength(rows.length);
    const wrong = items.flatMap((item, n) => header.filter((column, m) => !isCell(item[column], rows[n]?.[m] ?? "")));
    expect(wrong).toEqual([]);
    expect(Object.keys(items[0] ?? {})).toEqual(header);
    // A column has one type.
    const types = header.map(
      (column) => new Set(items.flatMap((item) => item[column] ?? []).map((v) => typeof v)).size,
    );
    expect(Math.max(...types)).toBe(1);
  });

  const isTable = (value: unknown) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === "object" && item !== null && !Array.isArray(item));
  /** As in TopoJSON, whose objects hold lists. */
  const hasTableBelow = (value: unknown): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).some((inner) => isTable(inner) || hasTableBelow(inner)); // prettier-ignore
  const documents = [
    ...readdirSync(VEGA).map((name) => [name, VEGA] as const),
    ...["countries.json", "countries-unescaped.json"].map((name) => [name, COUNTRIES] as const),
  ].filter(([name]) => name.endsWith(".json"));

  test.each(documents)("%s is read as JSON.parse reads it, or refused when it is no table", async (name, folder) => {
    const parsed: unknown = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    const lists = Object.values(parsed as object).filter(isTable);
    if (isTable(parsed)) expect(await all(name, folder)).toEqual(parsed);
    else if (lists.length > 0) expect(await all(name, folder)).toEqual(lists.flat());
    else if (hasTableBelow(parsed)) expect(await all(name, folder)).not.toEqual([]);
    else
      await expect(all(name, folder)).rejects.toThrow(/ (has no list of objects|must be an object with named fields)/);
  });

  test("the lists of miserables.json are two collections", async () => {
    const found = await batches("miserables.json", readFileSync(new URL("miserables.json", VEGA)), 10_000);
    expect([...new Set(found.map(({ collection }) => collection))]).toEqual(["nodes", "links"]);
  });

  test("postal codes keep their zeros, coordinates become numbers", async () => {
    const [first] = await read("zipcodes.csv", readFileSync(new URL("zipcodes.csv", VEGA)), 65_536);
    expect(first).toMatchObject({ zip_code: "00501", latitude: 40.922326 });
  });
});
