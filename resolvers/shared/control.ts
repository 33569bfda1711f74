/**
 * What an owner's action does to a job's row within a transaction. Each increments controlNo, which reopens the parked shards
 * and invalidates every ending decided before.
 */
import { runtime, type Context } from "@aws-appsync/utils";
import { jobKey, NEW_JOBS, ownerStatus, queueOrder } from "../../core/keys.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { callerOf } from "./caller.ts";
import { throwInternal, throwConflict, throwNotFound } from "./errors.ts";
import { jobsTable } from "./tables.ts";
import { hasTransactionConflict, conditionFailedAt, updateIf, type Expression } from "./transaction.ts";

/**
 * Workers' transactions lock a running job's rows many times a second, and any other write to a locked row fails for no reason
 * of its own. So the pipeline repeats the writing step this many times; once it has written, the remaining ones are skipped
 * and pass the result along.
 */
const MAX_ATTEMPTS = 3;

export function skipIfWritten(ctx: Context): void {
  if (ctx.stash.isWritten) runtime.earlyReturn(ctx.prev.result, { skipTo: "NEXT" });
}

/** Whether a transaction held the row, so that the update decided nothing. @throws Conflict on the last attempt */
export function shouldRetry(ctx: Context): boolean {
  if (ctx.error?.type !== "DynamoDB:TransactionConflictException") return false;
  countAttempt(ctx);
  return true;
}

function countAttempt(ctx: Context): void {
  ctx.stash.attempts = (ctx.stash.attempts ?? 0) + 1;
  if (ctx.stash.attempts >= MAX_ATTEMPTS) throwJobChanged();
}

function throwJobChanged(): never {
  return throwConflict("The job changed at the same time; review it, then try again.");
}

/** Stashes the job as an update left it, and marks it as written. */
export function recordWrite(ctx: Context, job: JobRow): void {
  ctx.stash.isWritten = true;
  ctx.stash.job = job;
}

/**
 * Handles the result of an update of the job alone.
 * @param allowed completes the message when the condition failed: `queued can be paused`
 */
export function finishUpdate(ctx: Context, allowed: string): void {
  if (shouldRetry(ctx)) return;
  if (!ctx.error) return recordWrite(ctx, ctx.result);
  if (ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") throwInternal(ctx);
  const row: JobRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwNotFound("job");
  throwConflict(`This job is ${row.status}; only a job that is ${allowed}.`);
}

/** Additional assignments for the same update: starts with a comma unless empty. */
export const NO_EXTRA_UPDATE: Expression = { expression: "", names: {}, values: {} };

/** Resumes a job at rest: QUEUED, without the results of its ending. */
export function resumeUpdate(ctx: Context, job: JobRow, budgetNanos: number, more: Expression) {
  const resumed = {
    expression: `, #status = :queued, #ownerStatus = :ownerStatus, #queueKey = :new, #queueOrder = :order${more.expression}
      REMOVE #outcome, #statusReason, #finishedAt`,
    names: {
      "#status": "status",
      "#ownerStatus": "ownerStatus",
      "#queueKey": "queueKey",
      "#queueOrder": "queueOrder",
      "#outcome": "outcome",
      "#statusReason": "statusReason",
      "#finishedAt": "finishedAt",
      ...more.names,
    },
    values: {
      ":queued": "QUEUED",
      ":ownerStatus": ownerStatus(job.owner, "QUEUED"),
      ":new": NEW_JOBS,
      ":order": queueOrder(job.priority, job.jobId),
      ...more.values,
    },
  };
  return controlUpdate(ctx, job, budgetNanos, resumed);
}

/** Keeps the job's status, provided the job is still as it was read. */
export function controlUpdate(ctx: Context, job: JobRow, budgetNanos: number, more: Expression) {
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
      values: {
        ":me": callerOf(ctx),
        ":seen": job.controlNo,
        ":was": job.status,
        ":same": equivalentStatus(job.status),
      },
    },
  );
}

/** Workers start a queued job, and a running one may be queued again: neither matters to its owner. */
function equivalentStatus(status: string): string {
  if (status === "QUEUED") return "RUNNING";
  return status === "RUNNING" ? "QUEUED" : status;
}

/** The job as the transaction leaves it: a transaction returns no rows. */
export function controlledJob(job: JobRow, budgetNanos: number): JobRow {
  return { ...job, budgetNanos, parkedShards: 0, controlNo: job.controlNo + 1 };
}

export function resumedJob(job: JobRow, budgetNanos: number): JobRow {
  return {
    ...controlledJob(job, budgetNanos),
    status: "QUEUED",
    outcome: undefined,
    statusReason: undefined,
    finishedAt: undefined,
  };
}

/** Handles the result of the transaction that leaves the job as `ctx.stash.changed`. @throws Conflict when a row had changed since it was read */
export function finishTransaction(ctx: Context): null {
  if (!ctx.error) {
    recordWrite(ctx, ctx.stash.changed);
    return null;
  }
  const reasons = ctx.result?.cancellationReasons ?? [];
  const hasChanged = reasons.some((_: unknown, n: number) => conditionFailedAt(reasons, n));
  if (!hasChanged && !hasTransactionConflict(reasons)) throwInternal(ctx);
  if (hasChanged) throwJobChanged();
  countAttempt(ctx);
  return null;
}
