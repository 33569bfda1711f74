/** From a test run's row to the schema's TestRun. */
import type { Context } from "@aws-appsync/utils";
import type { TestRunRow } from "../../core/template/test-run-rows.ts";
import type { TestRun } from "../generated/schema.ts";
import { callerOf } from "./caller.ts";
import { throwInternal, throwNotFound } from "./errors.ts";
import { RUN_CRASHED } from "./runTimeout.ts";
import { finalSpend, hasCrashed } from "./adHocRuns.ts";

export function toTestRun(row: TestRunRow): TestRun {
  const crashed = row.status === "RUNNING" && hasCrashed(row);
  return {
    id: row.testRunId,
    owner: row.testRunOwner,
    status: crashed ? "FAILED" : row.status,
    statusReason: crashed ? RUN_CRASHED : (row.statusReason ?? null),
    recordCount: row.recordCount,
    budgetNanos: row.budgetNanos,
    spentNanos: crashed ? finalSpend(row) : row.spentNanos,
    records: JSON.parse(row.records),
    createdAt: row.createdAt,
    finishedAt: row.finishedAt ?? null,
  };
}

/** The test run that was read. @throws NotFound unless it is the caller's */
export function ownTestRun(ctx: Context): TestRunRow {
  if (ctx.error) throwInternal(ctx);
  const row: TestRunRow | null = ctx.result;
  if (!row || row.testRunOwner !== callerOf(ctx)) throwNotFound("test run");
  return row;
}
