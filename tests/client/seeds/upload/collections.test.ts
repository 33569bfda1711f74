import { COLLECTION_NAME } from "#core/seeds/seed-set";
import { checkFiles, collectionFor } from "../../../../client/seeds/upload/collections.ts";

describe("files to upload", () => {
  test.each([
    ["movies.json", "movies"],
    ["Top 100 (new).csv", "Top_100_new"],
    ["2024-films.tsv.gz", "films"],
    ["日本.csv", "seeds"],
    [`${"x".repeat(60)}.csv`, "x".repeat(40)],
  ])("%s becomes the collection %s, a name that core accepts", (fileName, collection) => {
    expect(collectionFor(fileName)).toBe(collection);
    expect(collection).toMatch(COLLECTION_NAME);
  });

  test.each([
    ["another extension", { fileName: "a.xlsx" }, /^Choose a \.json/],
    ["an empty file", { bytes: 0 }, /empty/],
    ["a file too large", { bytes: 1_000_000_001 }, /1 GB/],
    ["an invalid collection name", { collection: "my films" }, /letter/],
  ])("are rejected with %s", (_, different, words) => {
    expect(checkFiles([{ collection: "films", fileName: "a.csv", bytes: 1, ...different }])[0]).toMatch(words);
  });

  test("may be compressed, and may share a collection", () => {
    const file = { collection: "films", fileName: "a.csv.gz", bytes: 1 };
    expect(checkFiles([file, { ...file, fileName: "b.parquet" }])).toEqual([null, null]);
  });
});
