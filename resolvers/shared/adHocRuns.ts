/** Runs beside jobs: tries and generated seeds. */
import { util } from "@aws-appsync/utils";
import type { AdHocRunRow } from "../../core/money/ad-hoc-rows.ts";
import { START_TIMEOUT_SECONDS } from "./runTimeout.ts";

/** A run that is to begin. */
export function newAdHocRun(budgetNanos: number): AdHocRunRow {
  const aliveUntilMs = util.time.nowEpochMilliSeconds() + 1000 * START_TIMEOUT_SECONDS;
  return { budgetNanos, reservedNanos: 0, spentNanos: 0, aliveUntilMs };
}

/** Whether the function that works at an open run has died: it would have said otherwise. */
export function hasCrashed(run: Partial<AdHocRunRow>): boolean {
  return (run.aliveUntilMs ?? 0) < util.time.nowEpochMilliSeconds();
}

/** What a run at rest has spent: what was reserved when its function died counts too. */
export function finalSpend(run: Partial<AdHocRunRow>): number {
  return (run.spentNanos ?? 0) + (run.reservedNanos ?? 0);
}
