import * as core from "../../core/seeds/seed-set.ts";
import { checkForm, fieldOfRefusal, parseCount, toInput, type JobForm } from "../../client/jobs/form.ts";
import { checkFiles, collectionFor } from "../../client/seeds/collections.ts";
import { checkFit, isRefused } from "../../client/templates/fit.ts";

const FORM: JobForm = {
  name: " Film questions ",
  templateId: "film-questions",
  templateVersion: 2,
  seedSetId: "films",
  parameters: [],
  parameterTexts: {},
  recordCount: "1,000",
  budgetUsd: "2.50",
  formats: ["JSONL", "CSV"],
  split: " 80, 10 ,10 ",
  maxFailed: "5 %",
  priority: "HIGH",
  capacity: "ON_DEMAND",
  taskSize: "LARGE",
  partitionBy: "genre, at:month",
};

describe("the form of a new job", () => {
  test("becomes what the API takes", () => {
    expect(checkForm(FORM)).toEqual({});
    expect(toInput(FORM)).toEqual({
      name: "Film questions",
      templateId: "film-questions",
      templateVersion: 2,
      seedSetId: "films",
      parameters: null,
      recordCount: 1000,
      budgetNanos: 2_500_000_000,
      formats: ["JSONL", "CSV"],
      split: { train: 80, validation: 10, test: 10 },
      maxFailedPercent: 5,
      priority: "HIGH",
      capacity: "ON_DEMAND",
      taskSize: "LARGE",
      partitionBy: [
        { column: "genre", transform: "IDENTITY" },
        { column: "at", transform: "MONTH" },
      ],
    });
    expect(toInput({ ...FORM, split: "" }).split).toBeNull();
    expect(toInput({ ...FORM, partitionBy: " " }).partitionBy).toBeNull();
  });

  test.each<[string, Partial<JobForm>, string]>([
    ["no template", { templateId: null }, "templateId"],
    ["no seeds", { seedSetId: null }, "seedSetId"],
    ["no name", { name: "  " }, "name"],
    ["a name too long", { name: "x".repeat(101) }, "name"],
    ["no records", { recordCount: "0" }, "recordCount"],
    ["too many records", { recordCount: "1000001" }, "recordCount"],
    ["half a record", { recordCount: "1.5" }, "recordCount"],
    ["no budget", { budgetUsd: "0" }, "budgetUsd"],
    ["a negative budget", { budgetUsd: "-1" }, "budgetUsd"],
    ["a budget above the limit", { budgetUsd: "5000.01" }, "budgetUsd"],
    ["words for a budget", { budgetUsd: "ten" }, "budgetUsd"],
    ["no format", { formats: [] }, "formats"],
    ["a split that does not make 100", { split: "80, 10, 5" }, "split"],
    ["words for a split", { split: "most" }, "split"],
    ["more failures than records", { maxFailed: "101" }, "maxFailed"],
    ["no share of failures", { maxFailed: "" }, "maxFailed"],
    ["folders by week", { partitionBy: "at:week" }, "partitionBy"],
  ])("with %s says so at its field", (_, different, field) => {
    expect(Object.keys(checkForm({ ...FORM, ...different }))).toEqual([field]);
  });

  test("reads grouped numbers", () => {
    expect([parseCount("12,345"), parseCount(" 7 "), parseCount("1e3"), parseCount("")]).toEqual([
      12345,
      7,
      undefined,
      undefined,
    ]);
  });
});

describe("a refusal of the server", () => {
  test.each([
    ["The job's name must have 1 to 100 characters; this one has 0.", "name"],
    ["The number of records must be a whole number from 1 to 1,000,000, not 0.", "recordCount"],
    ["The failure tolerance must be a whole percentage from 0 to 100, not 101.", "maxFailed"],
    ["The budget must be more than $0 and at most $5,000.00, not $0.", "budgetUsd"],
    ["At least one format is required; choose from jsonl, csv and parquet.", "formats"],
    ['Template "Films" step "answer" reads Title; the collection "movies" has no "Title" (it has Name).', "seedSetId"],
    ["There is no such seed set.", "seedSetId"],
    ["There is no such template.", "templateId"],
    ['Step "answer" uses the model "x", which has no known price.', "templateId"],
    ["You have too many jobs at work.", undefined],
  ])("%s stands where it belongs", (text, field) => {
    expect(fieldOfRefusal(text)).toBe(field);
  });
});

describe("what a template reads, against seeds", () => {
  const field = (name: string, missing = 0) => ({
    name,
    types: ["string"],
    count: 1,
    missing,
    distinct: null,
    examples: [],
  });
  const collections = [
    { name: "movies", fileName: "m.csv", itemCount: 1200, bytes: 1, fields: [field("Title"), field("Year", 1100)] },
  ];
  const verdict = (collection: string, path: string, required = true) =>
    checkFit([{ collection, path, required, location: 'step "a"' }], collections)[0];

  test.each([
    ["a field that every item has", "movies", "Title", true, "there"],
    ["a field that some items lack", "movies", "Year", true, "partly"],
    ["a field that is not there", "movies", "Director", true, "missing"],
    ["a field that is not there and need not be", "movies", "Director", false, "optional"],
    ["whole items", "movies", "", true, "there"],
    ["another collection", "books", "Title", true, "missing"],
  ] as const)("finds %s", (_, collection, name, required, expected) => {
    expect(verdict(collection, name, required)?.verdict).toBe(expected);
  });

  const read = (path: string, required: boolean) => ({ collection: "movies", path, required, location: 'step "a"' });

  test("names once what is read in several places, needed if it is so in one of them", () => {
    const fits = checkFit([read("Director", false), { ...read("Director", true), location: 'step "b"' }], collections);
    expect(fits).toEqual([expect.objectContaining({ name: "movies.Director", verdict: "missing" })]);
  });

  test("refuses what is missing and nothing else", () => {
    expect(isRefused(checkFit([read("Year", true)], collections))).toBe(false);
    expect(isRefused(checkFit([read("Director", true)], collections))).toBe(true);
  });

  test("counts what is missing", () => {
    expect(verdict("movies", "Year")).toMatchObject({ name: "movies.Year", remark: "empty in 1,100 of 1,200" });
  });
});

describe("files to upload", () => {
  test.each([
    ["movies.json", "movies"],
    ["Top 100 (new).csv", "Top_100_new"],
    ["2024-films.tsv.gz", "films"],
    ["日本.csv", "seeds"],
    [`${"x".repeat(60)}.csv`, "x".repeat(40)],
  ])("%s becomes the collection %s, a name that core accepts", (fileName, collection) => {
    expect(collectionFor(fileName)).toBe(collection);
    expect(collection).toMatch(core.COLLECTION_NAME);
  });

  test.each([
    ["another ending", { fileName: "a.xlsx" }, /ending in \.json/],
    ["an empty file", { bytes: 0 }, /empty/],
    ["a file too large", { bytes: 1_000_000_001 }, /1 GB/],
    ["a name that prompts cannot say", { collection: "my films" }, /letter/],
  ])("are refused with %s", (_, different, words) => {
    expect(checkFiles([{ collection: "films", fileName: "a.csv", bytes: 1, ...different }])[0]).toMatch(words);
  });

  test("may be packed, and may share a collection", () => {
    const file = { collection: "films", fileName: "a.csv.gz", bytes: 1 };
    expect(checkFiles([file, { ...file, fileName: "b.parquet" }])).toEqual([null, null]);
  });
});
