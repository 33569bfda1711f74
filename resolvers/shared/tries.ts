/** From a try's row to what the schema calls Try. */
import type { Context } from "@aws-appsync/utils";
import type { TryRow } from "../../core/template/test-run-rows.ts";
import type { Try } from "../generated/schema.ts";
import { callerOf } from "./caller.ts";
import { fail, refuseUnknown } from "./refuse.ts";
import { RUN_DIED } from "./runLife.ts";
import { finallySpent, isDead } from "./runs.ts";

export function toTry(row: TryRow): Try {
  const died = row.status === "RUNNING" && isDead(row);
  return {
    id: row.tryId,
    owner: row.tryOwner,
    status: died ? "FAILED" : row.status,
    statusReason: died ? RUN_DIED : (row.statusReason ?? null),
    recordCount: row.recordCount,
    budgetNanos: row.budgetNanos,
    spentNanos: died ? finallySpent(row) : row.spentNanos,
    records: JSON.parse(row.records),
    createdAt: row.createdAt,
    finishedAt: row.finishedAt ?? null,
  };
}

/** The try that was read, if it is the caller's. */
export function ownTry(ctx: Context): TryRow {
  if (ctx.error) fail(ctx);
  const row: TryRow | null = ctx.result;
  if (!row || row.tryOwner !== callerOf(ctx)) refuseUnknown("try");
  return row;
}
