import {
  formatBasis,
  budgetAdvice,
  estimateFromPrompts,
  estimateFromSample,
  formatEstimate,
  sampleOf,
  type Estimate,
  type CostSample,
} from "../../../core/money/estimate.ts";

const CENT = 10_000_000;
const SIZE = { recordCount: 1_000, maxAttemptCostNanos: 100 * CENT, maxAttempts: 3 };
const CALLS = [{ inputTokens: 10, outputTokens: 5 }];
const costing = (...cents: number[]): CostSample =>
  sampleOf(cents.map((cent) => ({ costNanos: cent * CENT, needsRetry: false, calls: CALLS })));
const width = ({ lowNanos, likelyNanos, highNanos }: Estimate) => (highNanos - lowNanos) / (2 * likelyNanos);

describe("an estimate from test-run records", () => {
  test("adds up what they took", () => {
    expect(costing(1, 3)).toEqual({
      records: 2,
      retried: 0,
      calls: 2,
      inputTokens: 20,
      outputTokens: 10,
      costNanos: 4 * CENT,
      squaredMicros: 10_000 ** 2 + 30_000 ** 2,
    });
  });

  test.each<[string, CostSample, number, number]>([
    ["one record says nothing of the spread: half on each side", costing(2), 2, 0.5],
    ["five alike: a tenth", costing(2, 2, 2, 2, 2), 2, 0.1],
    ["a hundred alike: never narrower than a fiftieth", costing(...Array(100).fill(2)), 2, 0.02],
    // Their standard deviation is √2 cents; the error of the mean of a thousand more is √(2 · (1/2 + 1/1000)).
    ["two that differ: two standard errors", costing(1, 3), 2, (2 * Math.sqrt(2 * (1 / 2 + 1 / 1000))) / 2],
  ])("%s", (_, sample, cents, margin) => {
    const estimate = estimateFromSample(sample, SIZE);
    expect(estimate).toMatchObject({
      likelyNanos: cents * CENT * 1_000,
      recordCount: 1_000,
      basis: "TEST_RUNS",
      basisRecords: sample.records,
    });
    expect(estimate.lowNanos / estimate.likelyNanos).toBeCloseTo(Math.max(0, 1 - margin), 6);
    expect(estimate.highNanos / estimate.likelyNanos).toBeCloseTo(1 + margin, 6);
  });

  test("narrows with more records of the same kind, and widens for a job of few", () => {
    const few = costing(1, 2, 3);
    const many = costing(...[1, 2, 3], ...[1, 2, 3], ...[1, 2, 3], ...[1, 2, 3]);
    expect(width(estimateFromSample(many, SIZE))).toBeLessThan(width(estimateFromSample(few, SIZE)));
    const small = estimateFromSample(many, { ...SIZE, recordCount: 2 });
    expect(width(small)).toBeGreaterThan(width(estimateFromSample(many, SIZE)));
  });

  test("never promises more than the bound of all records, nor less than nothing", () => {
    const estimate = estimateFromSample(costing(1, 99), SIZE);
    expect(estimate.lowNanos).toBe(0);
    expect(estimate.highNanos).toBeLessThanOrEqual(3 * SIZE.recordCount * SIZE.maxAttemptCostNanos);
    const dear = estimateFromSample({ ...costing(99, 99), retried: 2 }, SIZE);
    expect(dear.highNanos).toBe(3 * SIZE.recordCount * SIZE.maxAttemptCostNanos);
  });

  test.each<[number, number, number]>([
    [10, 0, 1],
    [10, 5, 2],
    [10, 6, 2.5],
    [10, 9, 3],
    [10, 10, 3],
  ])("of %d records, %d to be tried again make %d attempts for each", (records, again, attempts) => {
    const estimate = estimateFromSample({ ...costing(...Array(records).fill(2)), retried: again }, SIZE);
    expect(estimate.likelyNanos).toBe(2 * CENT * 1_000 * attempts);
  });

  test("is wider where attempts fail, because how many it takes is chance as well", () => {
    const sample = costing(...Array(20).fill(2));
    const sure = estimateFromSample(sample, SIZE);
    // Half fail: the variance of attempts for a record is 1, that of twenty and a thousand of them together 1/20 + 1/1000.
    const chancy = estimateFromSample({ ...sample, retried: 10 }, SIZE);
    expect(width(sure)).toBeCloseTo(0.025, 6);
    expect(width(chancy)).toBeCloseTo(2 * Math.sqrt(1 / 20 + 1 / 1_000), 6);
  });

  test("is nothing where nothing was paid", () => {
    expect(estimateFromSample(costing(0, 0), SIZE)).toMatchObject({ lowNanos: 0, likelyNanos: 0, highNanos: 0 });
  });
});

test("an estimate from prompts is the mean of what they may cost, each no more than its bound", () => {
  const ranges = [
    { low: 1, likely: 2, high: 4 },
    { low: 3, likely: 4, high: 40 },
  ];
  expect(estimateFromPrompts(ranges, { recordCount: 10, maxAttemptCostNanos: 10, maxAttempts: 3 })).toEqual({
    lowNanos: 20,
    likelyNanos: 30,
    highNanos: 70,
    recordCount: 10,
    basis: "PROMPTS",
    basisRecords: 2,
  });
});

describe("formatting", () => {
  const estimate: Estimate = {
    lowNanos: 400_000_000,
    likelyNanos: 470_000_000,
    highNanos: 600_000_000,
    recordCount: 10,
    basis: "TEST_RUNS",
    basisRecords: 3,
  };

  test.each<[number, string]>([
    [0.64, "The budget of $0.64 covers even the high estimate."],
    [0.59, "The budget of $0.59 is likely to be enough, but does not cover the high estimate of $0.60."],
    [
      0.4700001,
      "The budget of $0.4700001 may not be enough to start the last records: each needs $0.10, the max cost per attempt, to be left.",
    ],
    [0.46, "The budget of $0.46 is less than the likely $0.47: the job may stop before all records are generated."],
    [
      0.469999,
      "The budget of $0.469999 is less than the likely $0.47: the job may stop before all records are generated.",
    ],
    [
      0.39,
      "The budget of $0.39 is less than the low estimate of $0.40: the job will stop before all records are generated.",
    ],
    [0.0999, "The budget of $0.0999 is less than one record can cost ($0.10): the job cannot start."],
  ])("a budget of $%d: %s", (usd, words) => {
    expect(budgetAdvice(Math.round(usd * 1e9), estimate, 100_000_000)).toBe(words);
  });

  test("a budget that suffices for one attempt each may not for several, which only tries can tell of", () => {
    expect(budgetAdvice(600_000_000, { ...estimate, basis: "PROMPTS" }, 1_000)).toBe(
      "The budget of $0.60 covers even the high estimate, unless many records take several attempts.",
    );
  });

  test("the range, and what it rests on", () => {
    expect(formatEstimate(estimate)).toBe("$0.40 to $0.60, likely $0.47");
    expect(formatBasis(estimate)).toBe("based on 3 test-run records");
    expect(formatBasis({ ...estimate, basisRecords: 1 })).toBe("based on 1 test-run record");
    expect(formatBasis({ basis: "PROMPTS", basisRecords: 5 })).toBe(
      "based on the prompts of 5 records, assuming answer lengths and one attempt each",
    );
  });
});
