/**
 * What a job is likely to cost, told before it starts: a range and what it rests on. Records that were made tell most; without
 * any, prompts are rendered and answers are assumed (core/template/expected-cost.ts).
 */
import { formatNumber } from "../numbers.ts";
import { formatUsd, type Nanos } from "./money.ts";

export interface Estimate {
  readonly lowNanos: Nanos;
  readonly likelyNanos: Nanos;
  readonly highNanos: Nanos;
  /** How many records it is for. */
  readonly recordCount: number;
  readonly basis: EstimateBasis;
  /** How many records it rests on. */
  readonly basisRecords: number;
}

/** SAMPLE: records of tries, made with real model calls. PROMPTS: prompts rendered without any. */
export type EstimateBasis = "TEST_RUNS" | "PROMPTS";

/** What records of tries were paid, added up, so that each try adds to it. */
export interface CostSample {
  /** One attempt at each. */
  readonly records: number;
  /** Of these, so many ended so that a job would make another attempt. */
  readonly retried: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: Nanos;
  /** The sum of the squares of what each record cost in millionths of a dollar: with it the spread is known. */
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
  /** The most that one attempt at a record can cost: no range goes beyond. */
  readonly maxAttemptCostNanos: Nanos;
  /** How many attempts the job makes for each record, on average, before it gives up. */
  readonly maxAttempts: number;
}

/** So many standard errors lie on each side: 95 of 100 jobs end within. */
const STANDARD_ERRORS = 2;
/** One record tells nothing of the spread, so its range is half as much less or more; more records have their share of it. */
const SINGLE_RECORD_MARGIN = 0.5;
/** No range is narrower: other seeds and other hours answer otherwise. */
const MIN_MARGIN = 0.02;

/** From records that were tried: as many attempts as it takes, at their mean, with a range that narrows with their number. */
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

/** The share by which the sum over the job's records may differ from what the sample says. */
function marginOf(sample: CostSample, recordCount: number): number {
  const { records, retried } = sample;
  const least = Math.max(MIN_MARGIN, SINGLE_RECORD_MARGIN / records);
  if (records < 2) return least;
  const ofAttempts = retried < records ? retried / (records - retried) : 0;
  // Both are chance: which records were tried, and which the job makes.
  const error = Math.sqrt((spreadOf(sample) + ofAttempts) * (1 / records + 1 / recordCount));
  return Math.max(least, STANDARD_ERRORS * error);
}

/** The variance of what a record costs, as a share of its mean squared. */
function spreadOf({ records, costNanos, squaredMicros }: CostSample): number {
  const mean = costNanos / records / 1000;
  if (mean === 0) return 0;
  return (Math.max(0, squaredMicros / records - mean ** 2) * records) / (records - 1) / mean ** 2;
}

/** From what some of the job's records would send, one attempt at each; @param records at least one */
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

/** One sentence on whether a budget suffices for what is estimated. */
export function budgetAdvice(budgetNanos: Nanos, { lowNanos, likelyNanos, highNanos, basis }: Estimate): string {
  const budget = `The budget of ${formatUsd(budgetNanos)}`;
  // How many attempts it takes, only tries can tell.
  const unless = basis === "PROMPTS" ? ", unless many records take several attempts" : "";
  if (budgetNanos >= highNanos) return `${budget} suffices even for the high estimate${unless}.`;
  if (budgetNanos >= likelyNanos)
    return `${budget} is likely to suffice, but not for the high estimate of ${formatUsd(highNanos)}.`;
  if (budgetNanos >= lowNanos)
    return `${budget} is less than the likely ${formatUsd(likelyNanos)}: the job may stop before all records are made.`;
  return `${budget} is less than the low estimate of ${formatUsd(lowNanos)}: the job will stop before all records are made.`;
}

/** `$0.40 to $0.60, likely $0.47`. */
export function formatEstimate({ lowNanos, likelyNanos, highNanos }: Estimate): string {
  return `${formatUsd(lowNanos)} to ${formatUsd(highNanos)}, likely ${formatUsd(likelyNanos)}`;
}

/** What an estimate rests on: `from 3 records that were tried`. */
export function formatBasis({ basis, basisRecords }: Pick<Estimate, "basis" | "basisRecords">): string {
  const records = `${formatNumber(basisRecords)} ${basisRecords === 1 ? "record" : "records"}`;
  if (basis === "TEST_RUNS") return `from ${records} that ${basisRecords === 1 ? "was" : "were"} tried`;
  return `from the prompts of ${records}, with answers assumed and one attempt each`;
}
