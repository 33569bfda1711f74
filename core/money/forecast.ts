/** How a running job will end if it goes on as it has so far: what it will cost, when, and whether its budget suffices. */
import type { Nanos } from "./money.ts";

export interface ForecastInput {
  readonly recordCount: number;
  readonly delivered: number;
  readonly failed: number;
  readonly spentNanos: Nanos;
  /** Counts against the budget as well, and is no sign of what is to come. */
  readonly writtenOffNanos: Nanos;
  readonly budgetNanos: Nanos;
  /** A record starts only while so much is left. */
  readonly maxAttemptCostNanos: Nanos;
  /** Over the last seconds; 0 when it cannot be told. */
  readonly recordsPerSecond: number;
  readonly nowMs: number;
}

export interface Forecast {
  /** What the job will have cost when every record is made or set aside, written off money included. */
  readonly totalNanos: Nanos;
  /** Whether the budget pays for that. */
  readonly isBudgetSufficient: boolean;
  /** How many records will be made or set aside: all, or those before the budget is reached. */
  readonly reachableRecords: number;
  /** When; null while the speed cannot be told. */
  readonly endsAtMs: number | null;
}

/** Fewer records say too little of those to come. */
const MIN_RECORDS_TO_FORECAST = 5;

/** Null while too few records are done, and when none is left. */
export function forecast(input: ForecastInput): Forecast | null {
  const { recordCount, delivered, failed, spentNanos, writtenOffNanos, budgetNanos } = input;
  const done = delivered + failed;
  const open = recordCount - done;
  if (done < Math.min(MIN_RECORDS_TO_FORECAST, recordCount) || open <= 0) return null;
  const each = spentNanos / done;
  const used = spentNanos + writtenOffNanos;
  const payable = Math.min(open, startable(budgetNanos - used, each, input.maxAttemptCostNanos));
  return {
    totalNanos: Math.round(used + open * each),
    isBudgetSufficient: payable >= open,
    reachableRecords: done + payable,
    endsAtMs: input.recordsPerSecond > 0 ? Math.round(input.nowMs + (1000 * payable) / input.recordsPerSecond) : null,
  };
}

/** How many records of that cost can start one after the other while what is left covers the worst case of one. */
function startable(leftNanos: Nanos, eachNanos: number, boundNanos: Nanos): number {
  if (leftNanos < boundNanos) return 0;
  return eachNanos > 0 ? Math.floor((leftNanos - boundNanos) / eachNanos) + 1 : Infinity;
}
