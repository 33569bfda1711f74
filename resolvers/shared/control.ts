/**
 * What an owner's button does to a job's row inside a transaction. Each raises controlNo, which opens the parked shards and
 * makes every ending stale that was decided before.
 */
import { runtime, type Context } from "@aws-appsync/utils";
import { jobKey, OPEN, ownerStatus } from "../../core/keys.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { callerOf } from "./caller.ts";
import { fail, throwConflict, throwNotFound } from "./errors.ts";
import { jobsTable } from "./tables.ts";
import { hasTransactionConflict, conditionFailedAt, updateIf, type Expression } from "./transaction.ts";

/**
 * A running job's rows are in the hands of its workers' transactions many times a second, and whatever else would write one of
 * them then is refused without a reason of its own. So the step that writes stands in its pipeline so often; once it has
 * written, the rest are passed over and hand on what came before.
 */
const TRIES = 3;

export function skipIfWritten(ctx: Context): void {
  if (ctx.stash.isWritten) runtime.earlyReturn(ctx.prev.result, { skipTo: "NEXT" });
}

/** Whether a transaction had the row in hand, so that an update of it alone decided nothing. @throws Conflict the last time */
export function shouldRetry(ctx: Context): boolean {
  if (ctx.error?.type !== "DynamoDB:TransactionConflictException") return false;
  countAttempt(ctx);
  return true;
}

function countAttempt(ctx: Context): void {
  ctx.stash.tries = (ctx.stash.tries ?? 0) + 1;
  if (ctx.stash.tries >= TRIES) throwJobChanged();
}

function throwJobChanged(): never {
  return throwConflict("The job was changed at the same moment; look at it again, then decide.");
}

/** What an update left the job as. */
export function written(ctx: Context, job: JobRow): void {
  ctx.stash.isWritten = true;
  ctx.stash.job = job;
}

/** What came of an update of the job alone; when its condition did not hold, the words say why. `wish`: `queued can be paused`. */
export function moved(ctx: Context, wish: string): void {
  if (shouldRetry(ctx)) return;
  if (!ctx.error) return written(ctx, ctx.result);
  if (ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") fail(ctx);
  const row: JobRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwNotFound("job");
  throwConflict(`This job is ${row.status}; only a job that is ${wish}.`);
}

/** Further assignments to go with it; begins with a comma, unless it is empty. */
export const NOTHING_MORE: Expression = { expression: "", names: {}, values: {} };

/** A job at rest goes on: QUEUED, without what its ending left. */
export function resumeUpdate(ctx: Context, job: JobRow, budgetNanos: number, more: Expression) {
  const moved = {
    expression: `, #status = :queued, #ownerStatus = :ownerStatus, #openKey = :open${more.expression}
      REMOVE #outcome, #statusReason, #finishedAt`,
    names: {
      "#status": "status",
      "#ownerStatus": "ownerStatus",
      "#openKey": "openKey",
      "#outcome": "outcome",
      "#statusReason": "statusReason",
      "#finishedAt": "finishedAt",
      ...more.names,
    },
    values: {
      ":queued": "QUEUED",
      ":ownerStatus": ownerStatus(job.owner, "QUEUED"),
      ":open": OPEN,
      ...more.values,
    },
  };
  return stay(ctx, job, budgetNanos, moved);
}

/** The job stays where it is, if it still is what was read. */
export function stay(ctx: Context, job: JobRow, budgetNanos: number, more: Expression) {
  return updateIf(
    jobsTable(ctx),
    jobKey(job.jobId),
    {
      expression: `SET #budgetNanos = :budget, #parkedShards = :none, #controlNo = #controlNo + :one${more.expression}`,
      names: {
        "#budgetNanos": "budgetNanos",
        "#parkedShards": "parkedShards",
        "#controlNo": "controlNo",
        ...more.names,
      },
      values: { ":budget": budgetNanos, ":none": 0, ":one": 1, ...more.values },
    },
    {
      expression: "#owner = :me AND #controlNo = :seen AND #status IN (:was, :same)",
      names: { "#owner": "owner", "#status": "status" },
      values: { ":me": callerOf(ctx), ":seen": job.controlNo, ":was": job.status, ":same": sameAs(job.status) },
    },
  );
}

/** Workers start a job that waits, and one that runs may wait again: neither is news to its owner. */
function sameAs(status: string): string {
  if (status === "QUEUED") return "RUNNING";
  return status === "RUNNING" ? "QUEUED" : status;
}

/** The job as the transaction leaves it; a transaction does not answer with rows. */
export function stayed(job: JobRow, budgetNanos: number): JobRow {
  return { ...job, budgetNanos, parkedShards: 0, controlNo: job.controlNo + 1 };
}

export function resumedJob(job: JobRow, budgetNanos: number): JobRow {
  return {
    ...stayed(job, budgetNanos),
    status: "QUEUED",
    outcome: undefined,
    statusReason: undefined,
    finishedAt: undefined,
  };
}

/** What came of the transaction that leaves the job as `ctx.stash.changed`: a conflict when any of its rows was not what was read. */
export function settled(ctx: Context): null {
  if (!ctx.error) {
    written(ctx, ctx.stash.changed);
    return null;
  }
  const reasons = ctx.result?.cancellationReasons ?? [];
  const isRefused = reasons.some((_: unknown, n: number) => conditionFailedAt(reasons, n));
  if (!isRefused && !hasTransactionConflict(reasons)) fail(ctx);
  if (isRefused) throwJobChanged();
  countAttempt(ctx);
  return null;
}
