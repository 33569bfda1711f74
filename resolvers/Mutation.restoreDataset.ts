import type { Context } from "@aws-appsync/utils";
import type { MutationRestoreDatasetArgs } from "./generated/schema.ts";
import { toDatasetArchive } from "./shared/archive.ts";
import { checkId } from "./shared/errors.ts";

/** readPublishedJob → readArchive → markRestoring → startRestore */
export function request(ctx: Context<MutationRestoreDatasetArgs>) {
  checkId(ctx.args.jobId, "job");
  return {};
}

export function response(ctx: Context) {
  return toDatasetArchive(ctx.stash.job, ctx.prev.result);
}
