/** From a try's row to what the schema calls TestRun. */
import type { Context } from "@aws-appsync/utils";
import type { TestRunRow } from "../../core/template/test-run-rows.ts";
import type { TestRun } from "../generated/schema.ts";
import { callerOf } from "./caller.ts";
import { fail, throwNotFound } from "./errors.ts";
import { RUN_CRASHED } from "./runTimeout.ts";
import { finalSpend, hasCrashed } from "./adHocRuns.ts";

export function toTestRun(row: TestRunRow): TestRun {
  const died = row.status === "RUNNING" && hasCrashed(row);
  return {
    id: row.testRunId,
    owner: row.testRunOwner,
    status: died ? "FAILED" : row.status,
    statusReason: died ? RUN_CRASHED : (row.statusReason ?? null),
    recordCount: row.recordCount,
    budgetNanos: row.budgetNanos,
    spentNanos: died ? finalSpend(row) : row.spentNanos,
    records: JSON.parse(row.records),
    createdAt: row.createdAt,
    finishedAt: row.finishedAt ?? null,
  };
}

/** The try that was read, if it is the caller's. */
export function ownTestRun(ctx: Context): TestRunRow {
  if (ctx.error) fail(ctx);
  const row: TestRunRow | null = ctx.result;
  if (!row || row.testRunOwner !== callerOf(ctx)) throwNotFound("try");
  return row;
}
