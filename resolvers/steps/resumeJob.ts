import type { Context } from "@aws-appsync/utils";
import { budgetKey, jobKey, OPEN, ownerStatus, type BudgetRow, type JobRow } from "../../core/rows.ts";
import type { MutationResumeJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, refuseConflict, refuseInput } from "../shared/refuse.ts";
import { usd } from "../shared/money.ts";
import { RESUMABLE } from "../shared/moves.ts";
import { jobsTable } from "../shared/tables.ts";
import { collided, refusedAt, updateIf } from "../shared/transaction.ts";

/** $5,000, as core/job.ts has it. */
const MAX_BUDGET_NANOS = 5_000_000_000_000;

/** Job and budget change together, each only if it is still what was read. Raising controlNo opens the parked shards. */
export function request(ctx: Context<MutationResumeJobArgs>) {
  const job: JobRow = ctx.stash.job;
  const budget: BudgetRow = ctx.prev.result;
  if (RESUMABLE.indexOf(job.status) < 0) refuseMove(job);
  const budgetNanos = newBudget(job, budget, ctx.args.budgetNanos);
  ctx.stash.job = resumed(job, budgetNanos);
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      updateIf(
        jobsTable(ctx),
        jobKey(job.jobId),
        {
          expression: `SET #status = :queued, #ownerStatus = :ownerStatus, #openKey = :open, #budgetNanos = :budget,
            #parkedShards = :none, #controlNo = #controlNo + :one REMOVE #outcome, #statusReason, #finishedAt`,
          names: {
            "#status": "status",
            "#ownerStatus": "ownerStatus",
            "#openKey": "openKey",
            "#budgetNanos": "budgetNanos",
            "#parkedShards": "parkedShards",
            "#controlNo": "controlNo",
            "#outcome": "outcome",
            "#statusReason": "statusReason",
            "#finishedAt": "finishedAt",
          },
          values: {
            ":queued": "QUEUED",
            ":ownerStatus": ownerStatus(job.owner, "QUEUED"),
            ":open": OPEN,
            ":budget": budgetNanos,
            ":none": 0,
            ":one": 1,
          },
        },
        {
          expression: "#owner = :me AND #controlNo = :seen AND #status = :was",
          names: { "#owner": "owner" },
          values: { ":me": callerOf(ctx), ":seen": job.controlNo, ":was": job.status },
        },
      ),
      updateIf(
        jobsTable(ctx),
        budgetKey(budget.budgetId),
        {
          expression: "SET #budget = :budget, #remaining = #remaining + :more",
          names: { "#budget": "budgetNanos", "#remaining": "remainingNanos" },
          values: { ":budget": budgetNanos, ":more": budgetNanos - budget.budgetNanos },
        },
        { expression: "#budget = :old", names: {}, values: { ":old": budget.budgetNanos } },
      ),
    ],
  };
}

export function response(ctx: Context) {
  if (!ctx.error) return null;
  const reasons = ctx.result?.cancellationReasons;
  if (refusedAt(reasons, 0) || refusedAt(reasons, 1) || collided(reasons))
    refuseConflict("The job was changed at the same moment; look at it again, then decide.");
  return fail(ctx);
}

/** The budget from now on. A job that reached its budget needs enough for one more record, else it would only stop again. */
function newBudget(job: JobRow, budget: BudgetRow, wanted: number | null | undefined): number {
  const budgetNanos = wanted ?? budget.budgetNanos;
  if (Math.floor(budgetNanos) !== budgetNanos || budgetNanos < budget.budgetNanos || budgetNanos > MAX_BUDGET_NANOS)
    refuseInput(
      `The new budget must be at least the old one, ${usd(budget.budgetNanos)}, and at most ${usd(MAX_BUDGET_NANOS)}.`,
    );
  const missing = job.recordBoundNanos - budget.remainingNanos - (budgetNanos - budget.budgetNanos);
  if (job.status === "BUDGET_EXCEEDED" && missing > 0)
    refuseInput(
      `One record can cost ${usd(job.recordBoundNanos)}, and less than that is left; raise the budget to ${usd(budgetNanos + missing)} or more.`,
    );
  return budgetNanos;
}

function refuseMove(job: JobRow): never {
  return refuseConflict(`This job is ${job.status}; only a job that is paused or at its budget can be resumed.`);
}

/** The job as the transaction leaves it; a transaction does not answer with rows. */
function resumed(job: JobRow, budgetNanos: number): JobRow {
  return {
    ...job,
    status: "QUEUED",
    outcome: undefined,
    statusReason: undefined,
    finishedAt: undefined,
    budgetNanos,
    parkedShards: 0,
    controlNo: job.controlNo + 1,
  };
}
