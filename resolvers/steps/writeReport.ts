import { runtime, util, type Context } from "@aws-appsync/utils";
import { shardKey } from "../../core/keys.ts";
import type { ShardReport } from "../../core/shard/shard-row.ts";
import type { MutationReportProgressArgs } from "../generated/schema.ts";
import { throwInternal, throwConflict } from "../shared/errors.ts";

/** Stale reports change nothing: a report counts if it is from the current lease and newer than the last one. */
export function request(ctx: Context<MutationReportProgressArgs>) {
  const { jobId, shard } = ctx.args.input;
  if (!shard) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const report: ShardReport = {
    generation: shard.generation,
    reportNo: shard.reportNo,
    delivered: shard.delivered,
    failed: shard.failed,
    rejected: shard.rejected,
    mended: shard.mended,
    modelProblem: shard.modelProblem,
    causes: shard.causes,
    spentNanos: shard.spentNanos,
    spending: shard.spending.map((spent) => ({ ...spent, day: spent.day ?? null })),
    writtenOffNanos: shard.writtenOffNanos,
    inputTokens: shard.inputTokens,
    outputTokens: shard.outputTokens,
    recordsPerSecond: shard.recordsPerSecond,
    latest: shard.latest,
    reportedAt: util.time.nowISO8601(),
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
      expressionValues: util.dynamodb.toMapValues({ ":generation": shard.generation, ":reportNo": shard.reportNo }),
    },
  };
}

/**
 * The current row, even when the report was stale: watchers get the current state. While a transaction holds the row, it
 * cannot be read like this; the worker then reports again.
 */
export function response(ctx: Context) {
  if (ctx.error && ctx.error.type === "DynamoDB:TransactionConflictException")
    throwConflict("A transaction holds the shard; report again.");
  if (ctx.error && ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") throwInternal(ctx);
  ctx.stash.shard = ctx.result;
  return null;
}
