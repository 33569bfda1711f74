import type { Context } from "@aws-appsync/utils";
import type { MutationSetJobPriorityArgs } from "./generated/schema.ts";
import { toJob } from "./shared/jobs.ts";
import { checkId } from "./shared/errors.ts";

/** setJobPriority → dispatch */
export function request(ctx: Context<MutationSetJobPriorityArgs>) {
  checkId(ctx.args.id, "job");
  return {};
}

export function response(ctx: Context) {
  return toJob(ctx.stash.job);
}
