/** How a running job will end at its current rate: what it will cost, when, and whether its budget is enough. */
import type { Nanos } from "./money.ts";

export interface ForecastInput {
  readonly recordCount: number;
  readonly delivered: number;
  readonly failed: number;
  readonly spentNanos: Nanos;
  /** Counts against the budget too, but says nothing about future cost. */
  readonly writtenOffNanos: Nanos;
  readonly budgetNanos: Nanos;
  /** A record starts only while this much is left. */
  readonly maxAttemptCostNanos: Nanos;
  /** Over the last seconds; 0 when unknown. */
  readonly recordsPerSecond: number;
  readonly nowMs: number;
}

export interface Forecast {
  /** What the job will have cost once every record is delivered or failed, including written-off money. */
  readonly totalNanos: Nanos;
  /** Whether the budget covers that. */
  readonly isBudgetSufficient: boolean;
  /** How many records will be delivered or failed: all, or those before the budget runs out. */
  readonly reachableRecords: number;
  /** When; null while the rate is unknown. */
  readonly endsAtMs: number | null;
}

/** Fewer records say too little about the rest. */
const MIN_RECORDS_TO_FORECAST = 5;

/** Null while too few records are done, and once none is left. */
export function forecast(input: ForecastInput): Forecast | null {
  const { recordCount, delivered, failed, spentNanos, writtenOffNanos, budgetNanos } = input;
  const done = delivered + failed;
  const open = recordCount - done;
  if (done < Math.min(MIN_RECORDS_TO_FORECAST, recordCount) || open <= 0) return null;
  const each = spentNanos / done;
  const used = spentNanos + writtenOffNanos;
  const affordable = Math.min(open, startable(budgetNanos - used, each, input.maxAttemptCostNanos));
  return {
    totalNanos: Math.round(used + open * each),
    isBudgetSufficient: affordable >= open,
    reachableRecords: done + affordable,
    endsAtMs:
      input.recordsPerSecond > 0 ? Math.round(input.nowMs + (1000 * affordable) / input.recordsPerSecond) : null,
  };
}

/** How many records of that cost can start in turn while what is left covers the worst case of one. */
function startable(leftNanos: Nanos, eachNanos: number, boundNanos: Nanos): number {
  if (leftNanos < boundNanos) return 0;
  return eachNanos > 0 ? Math.floor((leftNanos - boundNanos) / eachNanos) + 1 : Infinity;
}
