import type { Context } from "@aws-appsync/utils";
import type { MutationTakeSnapshotArgs } from "./generated/schema.ts";
import { toJob } from "./shared/jobs.ts";
import { checkId } from "./shared/errors.ts";

/** markSnapshot → startSnapshot */
export function request(ctx: Context<MutationTakeSnapshotArgs>) {
  checkId(ctx.args.id, "job");
  return {};
}

export function response(ctx: Context) {
  return toJob(ctx.stash.job);
}
