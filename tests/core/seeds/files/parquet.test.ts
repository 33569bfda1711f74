import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { parquetMetadata } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { PlotPaletteError } from "../../../../core/errors.ts";
import { InvalidRows } from "../../../../core/seeds/files/invalid-rows.ts";
import { ReadingNotes } from "../../../../core/seeds/files/notes.ts";
import { readSeedFile } from "../../../../core/seeds/files/reader.ts";
import { rangesOf, type FileRanges } from "../../../../core/seeds/files/source.ts";
import type { SeedItem } from "../../../../core/seeds/seed-set.ts";
import { batches, chunks, read } from "./given.ts";

const FIXTURES = new URL("fixtures/", import.meta.url);
const VEGA = new URL("../../../../node_modules/vega-datasets/data/", import.meta.url);

type Columns = Parameters<typeof parquetWriteBuffer>[0]["columnData"];

const written = (columnData: Columns, more = {}) => new Uint8Array(parquetWriteBuffer({ columnData, ...more }));
const readParquet = (bytes: Uint8Array, faults?: InvalidRows) => read("f.parquet", bytes, 100_000, faults);

describe("a file by DuckDB", () => {
  const iso = (ms: number) => new Date(ms).toISOString();

  /** Thousandths; a text where a number would be rounded. */
  function totalOf(thousandths: bigint): number | string {
    const text = `${thousandths / 1000n}.${String(thousandths % 1000n).padStart(3, "0")}`;
    return Number(text).toFixed(3) === text ? Number(text) : text;
  }

  /** Row i as orders.sql makes it. */
  function orderOf(i: number): object {
    const micros = i * 1_000_003 - 1;
    return {
      id: i,
      huge: String(9007199254740993n + BigInt(i)),
      customer: i % 7 === 0 ? null : `Customer ${i % 50}`,
      price: (i * 57) / 100,
      total: totalOf(BigInt(i) * 123456789012345n),
      weight: i / 4,
      paid: i % 2 === 0,
      day: iso(Date.UTC(2024, 0, 31 + (i % 1000))).slice(0, 10),
      seen: iso(Math.floor(micros / 1000)).slice(0, -1) + String((micros + 1_000_000) % 1000).padStart(3, "0"),
      shipped: iso(Date.UTC(2024, 1, 29, 12) + i * 1000),
      hour: `10:20:30.${String(i).padStart(6, "0")}`,
      code: `00000000-0000-0000-0000-${String(i).padStart(12, "0")}`,
      tags: i % 5 === 0 ? null : Array.from({ length: i % 4 }, (_, n) => `tag ${n}`),
      address: { street: `Street ${i}`, geo: { lat: i / 8, lon: null } },
      parts: Array.from({ length: i % 3 }, (_, n) => ({
        name: `part ${n}`,
        cents: (n * i) / 100,
        days: ["2024-01-31", null],
      })),
      counts: { a: i, b: null },
      bytes: `é${i}`,
      noise: "/wA=",
    };
  }

  /** Digits of whole milliseconds may be left out. */
  const normal = (item: SeedItem) => ({
    ...item,
    hour: String(item.hour).padEnd(15, "0"),
    seen: String(item.seen).padEnd(26, "0"),
  });

  test("has every value of every type, nested ones too", async () => {
    const items = await readParquet(readFileSync(new URL("orders.parquet", FIXTURES)));
    expect(items).toHaveLength(2500);
    expect(items.map(normal)).toEqual(Array.from({ length: 2500 }, (_, i) => orderOf(i)));
  });

  test.each(["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4", "lz4_raw"])(
    "is read when it is %s",
    async (codec) => {
      const items = await readParquet(readFileSync(new URL(`codec-${codec}.parquet`, FIXTURES)));
      expect(items).toEqual(
        Array.from({ length: 300 }, (_, i) => ({
          id: i,
          words: `text ${i}`,
          quarter: i / 4,
          pair: [i, i + 1],
          digit: i % 10,
        })),
      );
    },
  );
});

test("a file of three million rows is read by ranges, as DuckDB finds it", async () => {
  const file = await open(new URL("flights-3m.parquet", VEGA));
  const reads: number[] = [];
  const openRanges = async (): Promise<FileRanges> => ({
    byteLength: (await file.stat()).size,
    read: async (start, end) => {
      reads.push(end - start);
      return (await file.read(Buffer.alloc(end - start), 0, end - start, start)).buffer;
    },
  });
  const noStream = () => {
    throw new Error("the stream is not asked for");
  };
  const found = { rows: 0, delay: 0, distance: 0, origins: new Set<unknown>() };
  const at: Record<number, SeedItem> = {};
  reading: for await (const { items } of readSeedFile("f.parquet", { open: noStream, openRanges }))
    for (const item of items) {
      if ([0, 262_144, 399_999].includes(found.rows)) at[found.rows] = item;
      found.rows += 1;
      found.delay += item.delay as number;
      found.distance += item.distance as number;
      found.origins.add(item.origin);
      if (found.rows === 400_000) break reading;
    }
  await file.close();
  // SELECT count(*), sum(delay), sum(distance), count(DISTINCT origin) … WHERE file_row_number < 400000
  expect({ ...found, origins: found.origins.size }).toEqual({
    rows: 400_000,
    delay: 2_629_212,
    distance: 291_099_430,
    origins: 223,
  });
  expect(at).toEqual({
    0: { date: "2001-01-01T00:01:00.000", delay: 33, distance: 2176, origin: "LAS", destination: "PHL" },
    262_144: { date: "2001-01-16T22:47:00.000", delay: -10, distance: 2053, origin: "LAX", destination: "CLE" },
    399_999: { date: "2001-01-25T11:39:00.000", delay: -2, distance: 1723, origin: "SAN", destination: "ORD" },
  });
  // The table of contents, and two of eleven row groups.
  expect(reads.length).toBeLessThanOrEqual(4);
  expect(reads.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(4_000_000);
});

/** A table as columns, what is absent as null. */
const columnsOf = (items: readonly Record<string, unknown>[], names: readonly string[]): Columns =>
  names.map((name) => {
    const data = items.map((item) => item[name] ?? undefined);
    return { name, data, type: data.some((value) => typeof value === "string") ? "STRING" : "DOUBLE" };
  });

test.each([
  ["movies.json", ["Title", "US Gross", "IMDB Rating", "Director", "Release Date"]],
  ["cars.json", ["Name", "Miles_per_Gallon", "Cylinders", "Horsepower", "Year"]],
  ["penguins.json", ["Species", "Island", "Beak Length (mm)", "Sex"]],
])("%s written as Parquet is read back as it was", async (name, names) => {
  const items: Record<string, unknown>[] = JSON.parse(readFileSync(new URL(name, VEGA), "utf8"));
  // Columns of Parquet have one type.
  const isText = (n: string) => items.some((item) => typeof item[n] === "string");
  const valueOf = (item: Record<string, unknown>, n: string) =>
    isText(n) && item[n] != null ? String(item[n]) : (item[n] ?? null);
  const clean = items.map((item) => Object.fromEntries(names.map((n) => [n, valueOf(item, n)])));
  for (const more of [{}, { rowGroupSize: 100 }, { rowGroupSize: 1000, pageSize: 500 }]) {
    const found = await readParquet(written(columnsOf(clean, names), more));
    expect(found).toEqual(clean);
  }
});

test("a row group that is too large to decode at once is read in slices", async () => {
  const rows = 300_000;
  const text = (n: number) => `${n} `.repeat(60);
  const bytes = written(
    [
      { name: "n", data: Int32Array.from({ length: rows }, (_, n) => n) },
      { name: "text", data: Array.from({ length: rows }, (_, n) => text(n)), encoding: "PLAIN" },
    ],
    { rowGroupSize: rows },
  );
  const sizes: number[] = [];
  let wrong = 0;
  let next = 0;
  for await (const { items } of readSeedFile("f.parquet", { open: () => chunks(bytes, 1_000_000) })) {
    sizes.push(items.length);
    for (const item of items) if (item.n !== next || item.text !== text(next++)) wrong += 1;
  }
  expect({ next, wrong }).toEqual({ next: rows, wrong: 0 });
  // Batches have 500 items, but for the last of a slice.
  expect(sizes.slice(0, -1).filter((size) => size < 500)).toHaveLength(1);
});

describe("what cannot be read is refused in a sentence", () => {
  const plain = written([{ name: "a", data: [1, 2, 3] }]);

  test.each<[string, Uint8Array, string | RegExp]>([
    ["no Parquet", new TextEncoder().encode("a,b\n1,2\n"), /^The file "f\.parquet" cannot be read as Parquet: .+\.$/],
    ["an empty file", new Uint8Array(), /^The file "f\.parquet" cannot be read as Parquet: .+\.$/],
    ["one that is cut off", plain.subarray(0, plain.length - 20), /cannot be read as Parquet/],
    [
      "one with a hole",
      Uint8Array.from([...plain.subarray(0, 4), ...plain.subarray(30)]),
      /^No column of the file "f\.parquet" can be read; "a": .+\.$/,
    ],
    [
      "a field name without end",
      written([{ name: "x".repeat(300), data: [1] }]),
      /^The name of column 1 of "f\.parquet" has/,
    ],
  ])("%s", async (_, bytes, sentence) => {
    await expect(readParquet(bytes)).rejects.toThrow(sentence);
  });

  test("a list column that would not fit into memory", async () => {
    const bytes = readFileSync(new URL("lists.parquet", FIXTURES));
    await expect(readParquet(bytes)).rejects.toThrow(
      /^No column of the file "f\.parquet" can be read; "list": row group 1 has \d+ MB of it, more than 256; write the file with smaller row groups\.$/,
    );
  });

  test("an item that is too long, unless faulty rows are passed over", async () => {
    const bytes = written([{ name: "a", data: ["x", "y".repeat(1_100_000), "z"] }]);
    await expect(readParquet(bytes)).rejects.toThrow('Row 2 of "f.parquet" has more than 1,000,000 characters');
    const faults = new InvalidRows(true);
    expect(await readParquet(bytes, faults)).toEqual([{ a: "x" }, { a: "z" }]);
    expect(faults.skipped).toMatchObject({ count: 1, first: [{ row: 2 }] });
  });

  test("an error of the store stays what it is", async () => {
    const broken = { ...rangesOf(plain), read: () => Promise.reject(new TypeError("the store is gone")) };
    const reading = async () => {
      for await (const batch of readSeedFile("f.parquet", {
        open: () => chunks(plain, 9),
        openRanges: async () => broken,
      }))
        void batch;
    };
    await expect(reading()).rejects.toThrow(TypeError);
  });
});

describe("a column that cannot be read", () => {
  const rows = [
    { name: "a", data: ["one", "two"] },
    { name: "b", data: ["x", "y"] },
    { name: "c", data: [1, 2] },
  ];

  /** With the header of the page of column b destroyed. */
  function withBrokenColumn(): Uint8Array {
    const bytes = written(rows, { codec: "UNCOMPRESSED" });
    const [group] = parquetMetadata(bytes.slice().buffer).row_groups;
    const start = Number(group?.columns[1]?.meta_data?.data_page_offset);
    bytes.fill(0xff, start, start + 4);
    return bytes;
  }

  test("is left out, and told", async () => {
    const notes = new ReadingNotes();
    const found = await batches("f.parquet", withBrokenColumn(), 100_000, new InvalidRows(), notes);
    expect(found.flatMap(({ items }) => items)).toEqual([
      { a: "one", c: 1 },
      { a: "two", c: 2 },
    ]);
    expect(notes.sentences).toEqual([
      expect.stringMatching(/^The column "b" of "f\.parquet" was left out, since it cannot be read: .+\.$/),
    ]);
  });

  test("is one matter, a store that fails another", async () => {
    const bytes = written(rows);
    let reads = 0;
    const failing = (start: number, end: number) => {
      if ((reads += 1) > 2) throw new PlotPaletteError("BadInput", "The files took too long to read.");
      return rangesOf(bytes).read(start, end);
    };
    const reading = async () => {
      const openRanges = async () => ({ byteLength: bytes.length, read: async (from: number, to: number) => failing(from, to) }); // prettier-ignore
      for await (const batch of readSeedFile("f.parquet", { open: () => chunks(bytes, 9), openRanges })) void batch;
      throw new Error(`read ${reads} times`);
    };
    reads = 2;
    await expect(reading()).rejects.toThrow("The files took too long to read.");
    reads = 1;
    await expect(reading()).rejects.toThrow("The files took too long to read.");
  });
});

test("packed with gzip it is read too, up to what memory holds", async () => {
  const bytes = written([{ name: "a", data: [1, 2, 3] }]);
  expect(await read("f.parquet.gz", gzipSync(bytes))).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  const bomb = gzipSync(Buffer.alloc(130_000_000));
  await expect(read("f.parquet.gz", bomb, 100_000)).rejects.toThrow(
    'The file "f.parquet.gz" decompresses to more than 128 MB; split it, or upload it without .gz.',
  );
});

test("columns with names of JavaScript's own are fields like others", async () => {
  const items = await readParquet(
    written([
      { name: "__proto__", data: [1] },
      { name: "constructor", data: ["x"] },
    ]),
  );
  expect(JSON.stringify(items)).toBe('[{"__proto__":1,"constructor":"x"}]');
});
