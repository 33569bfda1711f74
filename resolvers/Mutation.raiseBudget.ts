import type { Context } from "@aws-appsync/utils";
import type { MutationRaiseBudgetArgs } from "./generated/schema.ts";
import { toJob } from "./shared/jobs.ts";
import { checkId } from "./shared/errors.ts";

/** readOwnJob → readBudget → raiseBudget → dispatch */
export function request(ctx: Context<MutationRaiseBudgetArgs>) {
  checkId(ctx.args.id, "job");
  return {};
}

export function response(ctx: Context) {
  return toJob(ctx.stash.job);
}
