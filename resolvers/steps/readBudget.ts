import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { budgetKey } from "../../core/keys.ts";
import { fail } from "../shared/errors.ts";

/** The budget of the job in the stash, into the stash too. */
export function request(ctx: Context) {
  return get({ key: budgetKey(ctx.stash.job.budgetId), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error || !ctx.result) fail(ctx);
  ctx.stash.budget = ctx.result;
  return null;
}
