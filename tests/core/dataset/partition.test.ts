/** The folders of a dataset: named so that Hive's readers find the values again, bounded in length and in number. */
import {
  checkPartitionBy,
  MAX_PARTITIONS,
  overflowPartition,
  parsePartitionBy,
  formatPartitionBy,
  partitionOf,
  Partitions,
} from "#core/dataset/partition";

const GENRE = { column: "genre", transform: "IDENTITY" } as const;
const dated = (transform: "DAY" | "MONTH" | "YEAR") => ({ column: "at", transform }) as const;

test.each([
  ["comedy", "genre=comedy/"],
  ["sci-fi 50%", "genre=sci-fi%2050%25/"],
  ["a/b=c\\d:e", "genre=a%2Fb%3Dc%5Cd%3Ae/"],
  ["..", "genre=../"],
  ["it's (*all*)!", "genre=it%27s%20%28%2Aall%2A%29%21/"],
  ["Ü😀", "genre=%C3%9C%F0%9F%98%80/"],
  ["\ud800", "genre=%EF%BF%BD/"],
  [1979, "genre=1979/"],
  [true, "genre=true/"],
  [["a", 1], "genre=%5B%22a%22%2C1%5D/"],
  [null, "genre=__HIVE_DEFAULT_PARTITION__/"],
  [undefined, "genre=__HIVE_DEFAULT_PARTITION__/"],
  ["", "genre=__HIVE_DEFAULT_PARTITION__/"],
])("a record of %j lies in %s", (genre, folder) => expect(partitionOf([GENRE], { genre })).toBe(folder));

test.each([
  ["2024-02-29", "2024-02-29", "2024-02", "2024"],
  ["2024-12-31T23:30:00-08:00", "2024-12-31", "2024-12", "2024"],
  ["2024-03", undefined, "2024-03", "2024"],
  ["1979", undefined, undefined, "1979"],
  [1979, undefined, undefined, "1979"],
  ["2023-02-29", undefined, undefined, undefined],
  ["2024-13-01", undefined, undefined, undefined],
  ["31.12.2024", undefined, undefined, undefined],
  ["19790", undefined, undefined, undefined],
  ["soon", undefined, undefined, undefined],
  [null, undefined, undefined, undefined],
])("%j tells the day %s, the month %s, the year %s", (at, day, month, year) => {
  const folder = (transform: "DAY" | "MONTH" | "YEAR") =>
    partitionOf([dated(transform)], { at })
      .slice(0, -1)
      .split("=")[1];
  const or = (value: string | undefined) => value ?? "__HIVE_DEFAULT_PARTITION__";
  expect([folder("DAY"), folder("MONTH"), folder("YEAR")]).toEqual([or(day), or(month), or(year)]);
});

test("levels lie in each other, the first outermost", () => {
  expect(partitionOf([GENRE, dated("YEAR")], { genre: "comedy", at: "1979-05-25" })).toBe("genre=comedy/at_year=1979/");
});

test("a long value is cut between characters, and two that begin alike stay two", () => {
  const long = "ü".repeat(400);
  const folders = [long, `${long}1`, `${long}2`].map((genre) => partitionOf([GENRE], { genre }));
  expect(new Set(folders).size).toBe(3);
  for (const folder of folders) {
    expect(folder.length).toBeLessThan(140);
    expect(folder).toMatch(/^genre=(%C3%BC)+~[0-9a-f]{16}\/$/);
  }
});

test("folders beyond the limit become one, and nothing is lost", () => {
  const partitions = new Partitions([GENRE]);
  const folders = Array.from({ length: 3_000 }, (_, n) => partitions.folderFor({ genre: `g${n % 1_500}` }));
  expect(new Set(folders).size).toBe(MAX_PARTITIONS);
  expect(folders[0]).toBe("genre=g0/");
  expect(folders[998]).toBe("genre=g998/");
  expect(folders[999]).toBe(overflowPartition([GENRE]));
  expect(folders[1_500]).toBe("genre=g0/");
  expect(partitions.overflowRecords).toBe(2 * 501);
});

test.each([
  ["category", [{ column: "category", transform: "IDENTITY" }]],
  [
    "category, date:month",
    [
      { column: "category", transform: "IDENTITY" },
      { column: "date", transform: "MONTH" },
    ],
  ],
  ["date:Year", [{ column: "date", transform: "YEAR" }]],
  ["", undefined],
  ["a,,b", undefined],
  ["date:week", undefined],
  ["a:day:b", undefined],
])("%j is read as %j", (text, levels) => expect(parsePartitionBy(text)).toEqual(levels));

test.each([
  [[], "1 to 3 columns, not 0"],
  [["a", "b", "c", "d"], "1 to 3 columns, not 4"],
  [["id"], 'partitioned by "id", which is unique'],
  [["e"], 'no column "e" to partition by; choose from a, b, c, d.'],
  [["a", "a"], "by a column only once"],
])("partitions by %j are refused", (columns, words) => {
  const levels = columns.map((column) => ({ column, transform: "IDENTITY" as const }));
  expect(() => checkPartitionBy(levels, ["a", "b", "c", "d"])).toThrow(words);
});

test("the same column by year and by month is two levels, and is said in words", () => {
  const levels = [dated("YEAR"), dated("MONTH"), GENRE];
  expect(() => checkPartitionBy(levels, ["at", "genre"])).not.toThrow();
  expect(formatPartitionBy(levels)).toBe("year of at, month of at, genre");
});
