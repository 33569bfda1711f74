import type { Context } from "@aws-appsync/utils";
import type { MutationRetryFailedArgs } from "./generated/schema.ts";
import { toJob } from "./shared/jobs.ts";
import { checkId } from "./shared/errors.ts";

/** readOwnJob → readBudget → requireRecordsReadable → readShards → retryFailed → dispatch */
export function request(ctx: Context<MutationRetryFailedArgs>) {
  checkId(ctx.args.id, "job");
  return {};
}

export function response(ctx: Context) {
  return toJob(ctx.stash.job);
}
