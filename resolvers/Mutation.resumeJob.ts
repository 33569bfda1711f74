import type { Context } from "@aws-appsync/utils";
import type { MutationResumeJobArgs } from "./generated/schema.ts";
import { toJob } from "./shared/jobs.ts";
import { checkId } from "./shared/errors.ts";

/** readOwnJob → readBudget → requireRecordsReadable → resumeJob → dispatch */
export function request(ctx: Context<MutationResumeJobArgs>) {
  checkId(ctx.args.id, "job");
  return {};
}

export function response(ctx: Context) {
  return toJob(ctx.stash.job);
}
