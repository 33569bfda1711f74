import type { Context } from "@aws-appsync/utils";
import { openShardsAfterRetry, resetForRetry, type RetriedShard } from "../../core/job/retry.ts";
import { shardKey } from "../../core/keys.ts";
import type { BudgetRow } from "../../core/money/budget-row.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import type { MutationRetryFailedArgs } from "../generated/schema.ts";
import { checkPaysOneRecord, newBudget, raise } from "../shared/budgets.ts";
import { resumedJob, resumeUpdate, finishTransaction, skipIfWritten } from "../shared/control.ts";
import { RETRIABLE } from "../shared/transitions.ts";
import { throwConflict } from "../shared/errors.ts";
import { jobsTable } from "../shared/tables.ts";
import { updateIf } from "../shared/transaction.ts";

/**
 * Opens the shards that have failed records in a new pass. A failed job also continues with the records it never attempted.
 * A job at rest has no leases, and each shard is changed only if none has started since: at most 100 rows.
 */
export function request(ctx: Context<MutationRetryFailedArgs>) {
  skipIfWritten(ctx);
  const job: JobRow = ctx.stash.job;
  const budget: BudgetRow = ctx.stash.budget;
  const shards: RetriedShard[] = ctx.stash.shards;
  if (RETRIABLE.indexOf(job.status) < 0) throwNotAllowed(job);
  const hasFailed = shards.some(({ failed }) => failed > 0);
  if (!hasFailed && job.status !== "FAILED") throwConflict("This job has no failed records to retry.");
  const budgetNanos = newBudget(budget, ctx.args.budgetNanos);
  const openShards = openShardsAfterRetry(shards);
  if (openShards > 0) checkPaysOneRecord(job, budget, budgetNanos);
  ctx.stash.changed = resumedJob(job, budgetNanos);
  const opened = {
    expression: ", #openShards = :openShards",
    names: { "#openShards": "openShards" },
    values: { ":openShards": openShards },
  };
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      resumeUpdate(ctx, job, budgetNanos, opened),
      raise(ctx, budget, budgetNanos),
      ...shards
        .map((shard) => ({ shard, next: resetForRetry(shard) }))
        .filter(({ next }) => next !== null)
        .map(({ shard, next }) => updateShard(ctx, job.jobId, shard, next as Record<string, unknown>)),
    ],
  };
}

export function response(ctx: Context) {
  return finishTransaction(ctx);
}

function updateShard(ctx: Context, jobId: string, shard: RetriedShard, next: Record<string, unknown>) {
  const fields = Object.keys(next);
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    names[`#${field}`] = field;
    values[`:${field}`] = next[field];
  }
  return updateIf(
    jobsTable(ctx),
    shardKey(jobId, shard.shardNo),
    {
      expression: `SET ${fields.map((field) => `#${field} = :${field}`).join(", ")}`,
      names,
      values,
    },
    {
      expression: "#generation = :seen AND attribute_not_exists(#leaseTask)",
      names: { "#leaseTask": "leaseTask" },
      values: { ":seen": shard.generation },
    },
  );
}

function throwNotAllowed({ status }: JobRow): never {
  if (status === "PAUSED")
    return throwConflict("This job is PAUSED; resume it and let it end, then retry the failed records.");
  return throwConflict(
    `This job is ${status}; only one that has completed, failed or reached its budget can be retried.`,
  );
}
