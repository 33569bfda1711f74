import { forecast, type Forecast } from "#core/money/forecast";
import { formatUsd } from "#core/money/money";
import type { JobFieldsFragment } from "../generated/documents.ts";
import { showClock, showCount } from "../ui/format.ts";
import type { Totals } from "./totals.ts";

/** How a job will end at its current rate; null for one that has ended, and while too little is done to tell. */
export function forecastOf(job: JobFieldsFragment, totals: Totals, nowMs: number): Forecast | null {
  if (!UNFINISHED.includes(job.status)) return null;
  const { recordCount, budgetNanos, maxAttemptCostNanos } = job;
  return forecast({ ...totals, recordCount, budgetNanos, maxAttemptCostNanos, nowMs });
}

/** One sentence: the cost and the end time, or where the budget will stop the job. */
export function forecastMessage(forecast: Forecast, recordCount: number, nowMs: number): string {
  const { totalNanos, isBudgetSufficient, reachableRecords, endsAtMs } = forecast;
  const cost = `about ${formatUsd(about(totalNanos))}`;
  const time = endsAtMs === null ? null : `around ${showClock(endsAtMs, nowMs)}`;
  if (isBudgetSufficient) return `At this rate, all records will cost ${cost}${time ? ` and be done ${time}` : ""}.`;
  const reached = `after about ${showCount(about(reachableRecords))} of ${showCount(recordCount)} records`;
  return `The budget will be reached ${reached}${time ? `, ${time}` : ""}; all records would cost ${cost}.`;
}

const UNFINISHED = ["QUEUED", "RUNNING", "PAUSED"];

/** Two significant digits: a forecast is no more accurate, and a number that changes every second cannot be read. */
function about(amount: number): number {
  return amount === 0 ? 0 : Number(amount.toPrecision(2));
}
