/** Ad hoc runs: test runs and generated seeds. */
import { util } from "@aws-appsync/utils";
import type { AdHocRunRow } from "../../core/money/ad-hoc-rows.ts";
import { START_TIMEOUT_SECONDS } from "./runTimeout.ts";

/** A run that has not started yet. */
export function newAdHocRun(budgetNanos: number): AdHocRunRow {
  const leaseUntilMs = util.time.nowEpochMilliSeconds() + 1000 * START_TIMEOUT_SECONDS;
  return { budgetNanos, reservedNanos: 0, spentNanos: 0, leaseUntilMs };
}

/** Whether the function behind an open run has crashed: a live one renews its lease. */
export function hasCrashed(run: Partial<AdHocRunRow>): boolean {
  return (run.leaseUntilMs ?? 0) < util.time.nowEpochMilliSeconds();
}

/** What an ended run has spent, including what was reserved when its function crashed. */
export function finalSpend(run: Partial<AdHocRunRow>): number {
  return (run.spentNanos ?? 0) + (run.reservedNanos ?? 0);
}
