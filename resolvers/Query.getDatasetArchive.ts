import type { Context } from "@aws-appsync/utils";
import type { QueryGetDatasetArchiveArgs } from "./generated/schema.ts";
import { toDatasetArchive } from "./shared/archive.ts";
import { checkId } from "./shared/errors.ts";

/** readPublishedJob → readArchive */
export function request(ctx: Context<QueryGetDatasetArchiveArgs>) {
  checkId(ctx.args.jobId, "job");
  return {};
}

export function response(ctx: Context) {
  return toDatasetArchive(ctx.stash.job, ctx.prev.result);
}
