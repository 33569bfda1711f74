/**
 * What a job is likely to cost, estimated before it starts: a range and its basis. Records of test runs are the best basis;
 * without any, prompts are rendered and answers assumed (core/template/expected-cost.ts).
 */
import { formatNumber } from "../numbers.ts";
import { formatUsd, formatUsdApart, type Nanos } from "./money.ts";

export interface Estimate {
  readonly lowNanos: Nanos;
  readonly likelyNanos: Nanos;
  readonly highNanos: Nanos;
  /** The number of records it is for. */
  readonly recordCount: number;
  readonly basis: EstimateBasis;
  /** The number of records it is based on. */
  readonly basisRecords: number;
}

/** TEST_RUNS: records of test runs, with real model calls. PROMPTS: prompts rendered without any. */
export type EstimateBasis = "TEST_RUNS" | "PROMPTS";

/** The summed cost of the records of test runs, so that each test run adds to it. */
export interface CostSample {
  /** One attempt each. */
  readonly records: number;
  /** How many of them a job would have retried. */
  readonly retried: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: Nanos;
  /** The sum of the squares of each record's cost in millionths of a dollar, from which the variance follows. */
  readonly squaredMicros: number;
}

/** What a record may cost, in nano-dollars. */
export interface CostRange {
  readonly low: Nanos;
  readonly likely: Nanos;
  readonly high: Nanos;
}

export interface JobSize {
  readonly recordCount: number;
  /** The most that one attempt at a record can cost: it caps every range. */
  readonly maxAttemptCostNanos: Nanos;
  /** How many attempts the job may make per record, on average. */
  readonly maxAttempts: number;
}

/** Standard errors on each side: 95% of jobs end within. */
const STANDARD_ERRORS = 2;
/** One record says nothing about the variance, so its range is ±50%; the margin shrinks as records are added. */
const SINGLE_RECORD_MARGIN = 0.5;
/** No range is narrower: other seeds and other hours give other answers. */
const MIN_MARGIN = 0.02;

/** From the records of test runs: the attempts expected, at their mean cost, with a range that narrows with their number. */
export function estimateFromSample(sample: CostSample, size: JobSize): Estimate {
  const { recordCount, maxAttemptCostNanos, maxAttempts } = size;
  const attempts = recordCount * attemptsPerRecord(sample, maxAttempts);
  const likely = Math.min(sample.costNanos / sample.records, maxAttemptCostNanos) * attempts;
  const margin = marginOf(sample, recordCount);
  return {
    lowNanos: Math.floor(likely * Math.max(0, 1 - margin)),
    likelyNanos: Math.round(likely),
    highNanos: Math.ceil(Math.min(likely * (1 + margin), maxAttemptCostNanos * recordCount * maxAttempts)),
    recordCount,
    basis: "TEST_RUNS",
    basisRecords: sample.records,
  };
}

function attemptsPerRecord({ records, retried }: CostSample, maxAttempts: number): number {
  return retried < records ? Math.min(maxAttempts, records / (records - retried)) : maxAttempts;
}

/** The fraction by which the job's total may differ from what the sample suggests. */
function marginOf(sample: CostSample, recordCount: number): number {
  const { records, retried } = sample;
  const least = Math.max(MIN_MARGIN, SINGLE_RECORD_MARGIN / records);
  if (records < 2) return least;
  const ofAttempts = retried < records ? retried / (records - retried) : 0;
  // Both are random: which records were sampled, and which the job makes.
  const error = Math.sqrt((spreadOf(sample) + ofAttempts) * (1 / records + 1 / recordCount));
  return Math.max(least, STANDARD_ERRORS * error);
}

/** The variance of a record's cost, relative to its mean squared. */
function spreadOf({ records, costNanos, squaredMicros }: CostSample): number {
  const mean = costNanos / records / 1000;
  if (mean === 0) return 0;
  return (Math.max(0, squaredMicros / records - mean ** 2) * records) / (records - 1) / mean ** 2;
}

/** From what some of the job's records would send, one attempt each; @param records at least one */
export function estimateFromPrompts(
  records: readonly CostRange[],
  { recordCount, maxAttemptCostNanos }: JobSize,
): Estimate {
  const total = (end: keyof CostRange) =>
    Math.round(
      (records.reduce((sum, range) => sum + Math.min(range[end], maxAttemptCostNanos), 0) * recordCount) /
        records.length,
    );
  return {
    lowNanos: total("low"),
    likelyNanos: total("likely"),
    highNanos: total("high"),
    recordCount,
    basis: "PROMPTS",
    basisRecords: records.length,
  };
}

/** A sample of these records alone. */
export function sampleOf(
  records: readonly {
    readonly costNanos: Nanos;
    readonly needsRetry: boolean;
    readonly calls: readonly { readonly inputTokens: number; readonly outputTokens: number }[];
  }[],
): CostSample {
  const calls = records.flatMap((record) => record.calls);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    records: records.length,
    retried: records.filter(({ needsRetry }) => needsRetry).length,
    calls: calls.length,
    inputTokens: sum(calls.map(({ inputTokens }) => inputTokens)),
    outputTokens: sum(calls.map(({ outputTokens }) => outputTokens)),
    costNanos: sum(records.map(({ costNanos }) => costNanos)),
    squaredMicros: sum(records.map(({ costNanos }) => (costNanos / 1000) ** 2)),
  };
}

/** What a budget has to cover: the estimate, and the worst case of the record that is started last. */
type Needs = Pick<Estimate, "lowNanos" | "likelyNanos" | "highNanos" | "recordCount" | "basis">;

/** Whether the job will likely generate all records. */
export function isLikelyEnough(budgetNanos: Nanos, estimate: Needs, maxAttemptCostNanos: Nanos): boolean {
  return isStartable(budgetNanos, estimate.likelyNanos, estimate.recordCount, maxAttemptCostNanos);
}

/** A record starts only while its worst case is left, which the last of them needs too. */
function isStartable(budgetNanos: Nanos, totalNanos: Nanos, recordCount: number, boundNanos: Nanos): boolean {
  return budgetNanos - totalNanos + totalNanos / recordCount >= Math.max(boundNanos, totalNanos / recordCount);
}

/** One sentence on whether a budget covers the estimate, which says what is likely, not what is guaranteed. */
export function budgetAdvice(budgetNanos: Nanos, estimate: Needs, maxAttemptCostNanos: Nanos): string {
  const { lowNanos, likelyNanos, highNanos, recordCount, basis } = estimate;
  if (budgetNanos < maxAttemptCostNanos)
    return `${tooSmallBudget(budgetNanos, maxAttemptCostNanos)}: the job cannot start.`;
  const [amount, low, likely, high] = formatUsdApart(budgetNanos, lowNanos, likelyNanos, highNanos);
  const budget = `The budget of ${amount}`;
  // Only test runs show how many attempts a record takes.
  const unless = basis === "PROMPTS" ? ", unless many records take several attempts" : "";
  if (isStartable(budgetNanos, highNanos, recordCount, maxAttemptCostNanos))
    return `${budget} covers even the high estimate${unless}.`;
  if (budgetNanos < lowNanos)
    return `${budget} is less than the low estimate of ${low}: the job will stop before all records are generated.`;
  if (budgetNanos < likelyNanos)
    return `${budget} is less than the likely ${likely}: the job may stop before all records are generated.`;
  if (budgetNanos < highNanos && isLikelyEnough(budgetNanos, estimate, maxAttemptCostNanos))
    return `${budget} is likely to be enough, but does not cover the high estimate of ${high}.`;
  const bound = formatUsd(maxAttemptCostNanos);
  return `${budget} may not be enough to start the last records: each needs ${bound}, the max cost per attempt, to be left.`;
}

/** Why nothing starts with such a budget; a clause, to be followed by what to do. */
export function tooSmallBudget(budgetNanos: Nanos, boundNanos: Nanos, what = "one record"): string {
  const [budget, bound] = formatUsdApart(budgetNanos, boundNanos);
  return `The budget of ${budget} is less than ${what} can cost (${bound})`;
}

/** Why nothing more starts with what is left of a budget; a clause. */
export function tooSmallRest(leftNanos: Nanos, boundNanos: Nanos, what: string): string {
  const [left, bound] = formatUsdApart(leftNanos, boundNanos);
  return `The rest of the budget (${left}) is less than ${what} can cost (${bound})`;
}

/** `$0.40 to $0.60, likely $0.47`. */
export function formatEstimate({ lowNanos, likelyNanos, highNanos }: Estimate): string {
  const [low, high, likely] = formatUsdApart(lowNanos, highNanos, likelyNanos);
  return `${low} to ${high}, likely ${likely}`;
}

/** The basis of an estimate: `based on 3 test-run records`. */
export function formatBasis({ basis, basisRecords }: Pick<Estimate, "basis" | "basisRecords">): string {
  const noun = basisRecords === 1 ? "record" : "records";
  if (basis === "TEST_RUNS") return `based on ${formatNumber(basisRecords)} test-run ${noun}`;
  return `based on the prompts of ${formatNumber(basisRecords)} ${noun}, assuming answer lengths and one attempt each`;
}
