import { util, runtime, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { shardKey } from "../../core/keys.ts";
import type { KeptReport, ShardReport, ShardRow } from "../../core/shard/shard-row.ts";
import type { MutationReportProgressArgs } from "../generated/schema.ts";
import { throwInternal, throwConflict } from "../shared/errors.ts";

/**
 * Keeps the report in the shard's row if it is to be kept, otherwise only reads the row. Stale reports change nothing: a report
 * counts if it is from the current lease and newer than the last one kept.
 */
export function request(ctx: Context<MutationReportProgressArgs>) {
  const { jobId, shard } = ctx.args.input;
  if (!shard) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const { generation, reportNo, modelProblem, recordsPerSecond } = shard;
  ctx.stash.reportedAt = util.time.nowISO8601();
  if (!shard.isKept) return get({ key: shardKey(jobId, shard.shardNo), consistentRead: true });
  const report: KeptReport = {
    generation,
    reportNo,
    modelProblem: modelProblem ?? null,
    recordsPerSecond,
    reportedAt: ctx.stash.reportedAt,
  };
  return {
    operation: "UpdateItem" as const,
    key: util.dynamodb.toMapValues(shardKey(jobId, shard.shardNo)),
    update: {
      expression: "SET #report = :report",
      expressionNames: { "#report": "report" },
      expressionValues: util.dynamodb.toMapValues({ ":report": report }),
    },
    condition: {
      expression: `#generation = :generation AND
        (attribute_not_exists(#report) OR #report.#generation < :generation OR #report.#reportNo < :reportNo)`,
      expressionNames: { "#generation": "generation", "#report": "report", "#reportNo": "reportNo" },
      expressionValues: util.dynamodb.toMapValues({ ":generation": generation, ":reportNo": reportNo }),
    },
  };
}

/**
 * Stashes the current row, even when the report was stale: watchers get the current state. While a transaction holds the row,
 * it cannot be read like this; the worker then reports again.
 */
export function response(ctx: Context<MutationReportProgressArgs>) {
  if (ctx.error && ctx.error.type === "DynamoDB:TransactionConflictException")
    throwConflict("A transaction holds the shard; report again.");
  const isStale = ctx.error?.type === "DynamoDB:ConditionalCheckFailedException";
  if (ctx.error && !isStale) throwInternal(ctx);
  const row: ShardRow | null = ctx.result;
  ctx.stash.shard = row;
  if (row && !isStale) ctx.stash.report = counted(ctx, row);
  return null;
}

/** The report, unless it is of an earlier lease, or one that was kept is newer. */
function counted(ctx: Context<MutationReportProgressArgs>, row: ShardRow): ShardReport | null {
  const { shard } = ctx.args.input;
  if (!shard || shard.generation !== row.generation) return null;
  if (row.report && row.report.generation === row.generation && row.report.reportNo > shard.reportNo) return null;
  const spending = shard.spending.map((spent) => ({ ...spent, day: spent.day ?? null }));
  return { ...shard, spending, reportedAt: ctx.stash.reportedAt };
}
