import { checkForm, fieldOfError, toInput, type JobForm } from "../../../../client/jobs/new/form.ts";
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
  maxFailed: "5%",
  priority: "HIGH",
  capacity: "ON_DEMAND",
  taskSize: "LARGE",
  inFlight: "",
  partitionBy: "genre, at:month",
};

describe("the form of a new job", () => {
  test("becomes API input", () => {
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
      inFlight: null,
      partitionBy: [
        { column: "genre", transform: "IDENTITY" },
        { column: "at", transform: "MONTH" },
      ],
    });
    expect(toInput({ ...FORM, split: "" }).split).toBeNull();
    expect(toInput({ ...FORM, partitionBy: " " }).partitionBy).toBeNull();
    expect(toInput({ ...FORM, taskSize: "", inFlight: " 8 " })).toMatchObject({ taskSize: null, inFlight: 8 });
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
    ["text as a budget", { budgetUsd: "ten" }, "budgetUsd"],
    ["no format", { formats: [] }, "formats"],
    ["no calls in flight", { inFlight: "0" }, "inFlight"],
    ["too many calls in flight", { inFlight: "513" }, "inFlight"],
    ["a split that does not add up to 100", { split: "80, 10, 5" }, "split"],
    ["text as a split", { split: "most" }, "split"],
    ["a failure tolerance above 100%", { maxFailed: "101" }, "maxFailed"],
    ["no failure tolerance", { maxFailed: "" }, "maxFailed"],
    ["partitions by week", { partitionBy: "at:week" }, "partitionBy"],
  ])("with %s reports it at its field", (_, different, field) => {
    expect(Object.keys(checkForm({ ...FORM, ...different }))).toEqual([field]);
  });
});

describe("an API error", () => {
  test.each([
    ["The job's name must have 1 to 100 characters; this one has 0.", "name"],
    ["The number of records must be a whole number from 1 to 1,000,000, not 0.", "recordCount"],
    ["The failure tolerance must be a whole percentage from 0 to 100, not 101.", "maxFailed"],
    ["The budget must be more than $0 and at most $5,000.00, not $0.", "budgetUsd"],
    ["At least one format is required; choose from jsonl, csv and parquet.", "formats"],
    ['Template "Films" step "answer" reads Title; the collection "movies" has no "Title" (it has Name).', "seedSetId"],
    ["There is no seed set with that id.", "seedSetId"],
    ["There is no template with that id.", "templateId"],
    ['Step "answer" uses the model "x", which has no known price.', "templateId"],
    ["You have too many jobs at work.", undefined],
  ])("“%s” appears at its field", (text, field) => {
    expect(fieldOfError(text)).toBe(field);
  });
});
