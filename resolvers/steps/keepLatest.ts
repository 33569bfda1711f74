import { runtime, util, type Context } from "@aws-appsync/utils";
import { latestKey } from "../../core/keys.ts";
import type { LatestRow, ShardReport } from "../../core/shard/shard-row.ts";
import type { MutationReportProgressArgs } from "../generated/schema.ts";
import { throwInternal } from "../shared/errors.ts";

/** Keeps the latest records of a report that is kept. Whichever shard was last may overwrite those of another. */
export function request(ctx: Context<MutationReportProgressArgs>) {
  const report: ShardReport | null = ctx.stash.report;
  if (!report || !report.isKept || report.latest.length === 0) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const { jobId, shard } = ctx.args.input;
  const row: LatestRow = { ...latestKey(jobId), shardNo: shard?.shardNo ?? 0, latest: report?.latest ?? [] };
  const { pk, sk, ...item } = row;
  return {
    operation: "PutItem" as const,
    key: util.dynamodb.toMapValues({ pk, sk }),
    attributeValues: util.dynamodb.toMapValues(item),
  };
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  return null;
}
