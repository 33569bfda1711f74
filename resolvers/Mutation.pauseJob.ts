import type { Context } from "@aws-appsync/utils";
import type { MutationPauseJobArgs } from "./generated/schema.ts";
import { toJob } from "./shared/jobs.ts";
import { checkId } from "./shared/errors.ts";

export function request(ctx: Context<MutationPauseJobArgs>) {
  checkId(ctx.args.id, "job");
  return {};
}

export function response(ctx: Context) {
  return toJob(ctx.stash.job);
}
