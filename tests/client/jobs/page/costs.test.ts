import { costByDay, costByStepAndModel, estimateMessage, usageOf } from "../../../../client/jobs/page/costs.ts";
import type { EstimateFieldsFragment, JobStatus } from "../../../../client/generated/documents.ts";

const spent = (stepId: string, modelId: string, day: string | null, costNanos: number) => ({
  ...{ stepId, modelId, day, costNanos, calls: 1, inputTokens: 10, outputTokens: 5 },
});
/** As two shards report it: two steps, two models, two days. */
const SPENDING = [
  spent("ask", "micro", "2026-11-26", 4),
  spent("ask", "micro", "2026-11-25", 1),
  spent("say", "pro", "2026-11-25", 90),
  spent("ask", "micro", "2026-11-25", 2),
  spent("say", "micro", "2026-11-26", 5),
];

describe("a job's spending", () => {
  test("is summed by step and model over shards and days, the most expensive first", () => {
    const rows = costByStepAndModel(SPENDING).map(({ stepId, modelId, calls, costNanos }) => [
      ...[stepId, modelId, calls, costNanos],
    ]);
    expect(rows).toEqual([
      ["say", "pro", 1, 90],
      ["ask", "micro", 3, 7],
      ["say", "micro", 1, 5],
    ]);
  });

  test("is summed by day, the earliest first", () => {
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

test("days that a report combined come before the others", () => {
  const days = costByDay([...SPENDING, spent("ask", "micro", null, 8), spent("say", "pro", null, 1)]);
  expect(days.map(({ day, costNanos }) => [day, costNanos])).toEqual([
    [null, 9],
    ["2026-11-25", 93],
    ["2026-11-26", 9],
  ]);
});

test("the usage of workers adds up over shards", () => {
  expect(usageOf([])).toEqual({ workerMs: 0, parts: 0 });
  const shards = [
    { workerMs: 1_500, parts: 2 },
    { workerMs: 500, parts: 7 },
  ];
  expect(usageOf(shards)).toEqual({ workerMs: 2_000, parts: 9 });
});

describe("the estimate", () => {
  const estimate: EstimateFieldsFragment = {
    __typename: "CostEstimate",
    lowNanos: 400_000_000,
    likelyNanos: 470_000_000,
    highNanos: 600_000_000,
    recordCount: 100,
    basis: "TEST_RUNS",
    basisRecords: 3,
  };
  const message = (status: JobStatus, recordCount = 100, delivered = recordCount) =>
    estimateMessage({ status, recordCount }, estimate, { spentNanos: 480_000_000, delivered, failed: 0 });

  test.each<[string, JobStatus, number, string]>([
    [
      "is shown alone while the job can continue",
      "PAUSED",
      100,
      "Original estimate: $0.40 to $0.60, likely $0.47, based on 3 test-run records.",
    ],
    [
      "is shown with the spending when the job has ended",
      "COMPLETED",
      100,
      "Original estimate: $0.40 to $0.60, likely $0.47, based on 3 test-run records. Spent: $0.48.",
    ],
    [
      "names its number of records when the job was extended",
      "RUNNING",
      250,
      "Original estimate for 100 records: $0.40 to $0.60, likely $0.47, based on 3 test-run records.",
    ],
  ])("%s", (_, status, recordCount, expected) => {
    expect(message(status, recordCount)).toBe(expected);
  });

  test("says how many records were paid for when not all are done", () => {
    expect(message("BUDGET_EXCEEDED", 100, 80)).toMatch(/ Spent: \$0\.48 for 80 of 100 records\.$/);
  });

  test("is not shown if there was none", () => {
    const totals = { spentNanos: 1, delivered: 5, failed: 0 };
    expect(estimateMessage({ status: "COMPLETED", recordCount: 5 }, null, totals)).toBeNull();
  });
});
