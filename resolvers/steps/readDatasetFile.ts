import { util, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { jobKey, type JobRow } from "../../core/rows.ts";
import type { QueryGetDownloadArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, isId } from "../shared/refuse.ts";

/** The job that has the file, if both are the caller's; nobody learns which of the two is missing. */
export function request(ctx: Context<QueryGetDownloadArgs>) {
  if (!isId(ctx.args.jobId)) refuseUnknownFile();
  return get({ key: jobKey(ctx.args.jobId), consistentRead: true });
}

export function response(ctx: Context<QueryGetDownloadArgs>) {
  if (ctx.error) fail(ctx);
  const row: JobRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx) || !row.datasetPrefix) refuseUnknownFile();
  const file = row.datasets.find((candidate) => candidate.name === ctx.args.file);
  if (!file) refuseUnknownFile();
  return { key: `${row.datasetPrefix}${file.name}`, jobName: row.name, file: file.name };
}

function refuseUnknownFile(): never {
  return util.error("There is no file of that name in a dataset of that job.", "NotFound");
}
