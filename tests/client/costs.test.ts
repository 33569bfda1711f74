import { costByDay, costByStepAndModel, estimateSentence } from "../../client/jobs/costs.ts";
import { forecastOf, forecastSentence } from "../../client/jobs/forecasts.ts";
import { totalsOf } from "../../client/jobs/totals.ts";
import { toEstimateInput, type JobForm } from "../../client/jobs/form.ts";
import type { EstimateFieldsFragment, JobStatus } from "../../client/generated/documents.ts";
import { sampleJob, sampleShard } from "./sample-job.ts";

const NOW = new Date(2026, 10, 25, 14, 0).getTime();

const spent = (stepId: string, modelId: string, day: string, costNanos: number) => ({
  ...{ stepId, modelId, day, costNanos, calls: 1, inputTokens: 10, outputTokens: 5 },
});
/** As shards tell it: two of them, two steps, two models, two days. */
const SPENDING = [
  spent("ask", "micro", "2026-11-26", 4),
  spent("ask", "micro", "2026-11-25", 1),
  spent("say", "pro", "2026-11-25", 90),
  spent("ask", "micro", "2026-11-25", 2),
  spent("say", "micro", "2026-11-26", 5),
];

describe("what a job was paid for", () => {
  test("by step and model, the dearest first, whatever shard or day it was", () => {
    const rows = costByStepAndModel(SPENDING).map(({ stepId, modelId, calls, costNanos }) => [
      ...[stepId, modelId, calls, costNanos],
    ]);
    expect(rows).toEqual([
      ["say", "pro", 1, 90],
      ["ask", "micro", 3, 7],
      ["say", "micro", 1, 5],
    ]);
  });

  test("by day, the first one first", () => {
    const days = costByDay(SPENDING).map(({ day, calls, costNanos, inputTokens }) => [
      day,
      calls,
      costNanos,
      inputTokens,
    ]);
    expect(days).toEqual([
      ["2026-11-25", 3, 93, 30],
      ["2026-11-26", 2, 9, 20],
    ]);
  });
});

describe("what was expected", () => {
  const estimate: EstimateFieldsFragment = {
    __typename: "CostEstimate",
    lowNanos: 400_000_000,
    likelyNanos: 470_000_000,
    highNanos: 600_000_000,
    recordCount: 100,
    basis: "TEST_RUNS",
    basisRecords: 3,
  };
  const sentence = (status: JobStatus, recordCount = 100, delivered = recordCount) =>
    estimateSentence({ status, recordCount }, estimate, { spentNanos: 480_000_000, delivered, failed: 0 });

  test.each<[string, JobStatus, number, string]>([
    [
      "stands alone while the job can go on",
      "PAUSED",
      100,
      "Estimated before the start: $0.40 to $0.60, likely $0.47, based on 3 test-run records.",
    ],
    [
      "stands beside what came when it has ended",
      "COMPLETED",
      100,
      "Estimated before the start: $0.40 to $0.60, likely $0.47, based on 3 test-run records. Spent: $0.48.",
    ],
    [
      "names its number of records when the job was extended",
      "RUNNING",
      250,
      "Estimated before the start for 100 records: $0.40 to $0.60, likely $0.47, based on 3 test-run records.",
    ],
  ])("%s", (_, status, recordCount, words) => {
    expect(sentence(status, recordCount)).toBe(words);
  });

  test("says for how many records it was when not all are made", () => {
    expect(sentence("BUDGET_EXCEEDED", 100, 80)).toMatch(/ Spent: \$0\.48 for 80 of 100 records\.$/);
  });

  test("is silent where nothing was", () => {
    const totals = { spentNanos: 1, delivered: 5, failed: 0 };
    expect(estimateSentence({ status: "COMPLETED", recordCount: 5 }, null, totals)).toBeNull();
  });
});

describe("how a job will end", () => {
  const foreseen = (status: JobStatus, budgetNanos: number, recordsPerSecond = 10) => {
    const reportedAt = new Date(NOW).toISOString();
    const progress = [
      sampleShard({ recordCount: 5_000, delivered: 1_000, spentNanos: 1_000_000_000, recordsPerSecond, reportedAt }),
    ];
    const job = sampleJob({ status, recordCount: 5_000, maxAttemptCostNanos: 4_000_000, budgetNanos, progress });
    const forecast = forecastOf(job, totalsOf(job, NOW), NOW);
    return forecast && forecastSentence(forecast, job.recordCount, NOW);
  };

  test.each<[string, JobStatus, number, number, string | null]>([
    [
      "with all records",
      "RUNNING",
      9_000_000_000,
      10,
      "As it goes, all records will cost about $5.00 and be done at about 14:06.",
    ],
    [
      "tomorrow",
      "RUNNING",
      9_000_000_000,
      0.05,
      "As it goes, all records will cost about $5.00 and be done at about Nov 26, 12:13.",
    ],
    [
      "at its budget",
      "RUNNING",
      3_217_000_000,
      10,
      "The budget will be reached after about 3,200 of 5,000 records, at about 14:03; all would cost about $5.00.",
    ],
    [
      "nobody knows when, while it is paused",
      "PAUSED",
      9_000_000_000,
      10,
      "As it goes, all records will cost about $5.00.",
    ],
    ["it has ended", "CANCELLED", 9_000_000_000, 10, null],
    ["it is exporting", "EXPORTING", 9_000_000_000, 10, null],
  ])("%s", (_, status, budgetNanos, speed, words) => {
    expect(foreseen(status, budgetNanos, speed)).toBe(words);
  });
});

describe("an estimate is asked for", () => {
  const form: JobForm = {
    name: "",
    templateId: "films",
    templateVersion: 2,
    seedSetId: "seeds",
    parameters: [],
    parameterTexts: {},
    recordCount: "50",
    budgetUsd: "none",
    formats: [],
    split: "",
    maxFailed: "20",
    priority: "NORMAL",
    capacity: "SPOT_FIRST",
    taskSize: "SMALL",
    partitionBy: "",
  };

  test("as soon as template, seeds and count are there, whatever else is missing", () => {
    expect(toEstimateInput(form)).toMatchObject({
      templateId: "films",
      templateVersion: 2,
      seedSetId: "seeds",
      recordCount: 50,
    });
  });

  test.each<[string, Partial<JobForm>]>([
    ["no template", { templateId: null }],
    ["a template that is still on its way", { templateVersion: null }],
    ["no seeds", { seedSetId: null }],
    ["no count", { recordCount: "many" }],
  ])("but not with %s", (_, missing) => {
    expect(toEstimateInput({ ...form, ...missing })).toBeNull();
  });
});
