import { runtime, util, type Context } from "@aws-appsync/utils";
import { SAMPLES, seedSetKey, templateHeadKey, tokenKey } from "../../core/keys.ts";
import type { TokenRow } from "../../core/job/job-row.ts";
import type { MutationCreateJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { budgetRow, jobRow, jobTemplateRow, shardRow } from "../shared/newJob.ts";
import { throwInternal, throwConflict, throwNotFound } from "../shared/errors.ts";
import { jobsTable, seedSetsTable, templatesTable } from "../shared/tables.ts";
import { acceptJobReplay } from "../shared/token.ts";
import { checkThat, hasTransactionConflict, putNew, conditionFailedAt } from "../shared/transaction.ts";

/** Their positions in the transaction: DynamoDB reports failures by position. */
const TOKEN = 0;
const TEMPLATE = 1;
const SEED_SET = 2;

/** Writes all rows of a job in one transaction of at most 86 items, if template and seed set are still as they were checked. */
export function request(ctx: Context<MutationCreateJobArgs>) {
  if (ctx.stash.existingJobId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const owner = callerOf(ctx);
  const { input } = ctx.args;
  const { jobId, inputDigest } = ctx.stash;
  const checked = ctx.prev.result;
  const job = { jobId, owner, input, checked, now: util.time.nowISO8601() };
  const token: TokenRow = { ...tokenKey(owner, input.clientToken), jobId, inputDigest };
  const row = jobRow(job);
  ctx.stash.job = row;
  return {
    operation: "TransactWriteItems" as const,
    transactItems: [
      putNew(jobsTable(ctx), token),
      checkThat(templatesTable(ctx), templateHeadKey(input.templateId), {
        expression: "(#owner IN (:me, :samples) AND #latest >= :version) OR contains(#published, :version)",
        names: { "#owner": "owner", "#latest": "latestVersion", "#published": "publishedVersions" },
        values: { ":me": owner, ":samples": SAMPLES, ":version": checked.templateVersion },
      }),
      checkThat(seedSetsTable(ctx), seedSetKey(input.seedSetId), {
        expression: "#owner IN (:me, :samples) AND #status = :ready",
        names: { "#owner": "owner", "#status": "status" },
        values: { ":me": owner, ":samples": SAMPLES, ":ready": "READY" },
      }),
      putNew(jobsTable(ctx), row),
      putNew(jobsTable(ctx), jobTemplateRow(job)),
      putNew(jobsTable(ctx), budgetRow(job)),
      ...checked.shards.map((range: { from: number; to: number }, shardNo: number) =>
        putNew(jobsTable(ctx), shardRow(job, shardNo, range)),
      ),
    ],
  };
}

export function response(ctx: Context) {
  if (!ctx.error) return null;
  const reasons = ctx.result?.cancellationReasons;
  if (conditionFailedAt(reasons, TOKEN)) acceptJobReplay(ctx, reasons[TOKEN].item);
  else if (conditionFailedAt(reasons, TEMPLATE)) throwNotFound("template");
  else if (conditionFailedAt(reasons, SEED_SET)) throwNotFound("seed set");
  else if (hasTransactionConflict(reasons))
    throwConflict("The same request arrived twice at the same time; try again to get the job it created.");
  else throwInternal(ctx);
  return null;
}
