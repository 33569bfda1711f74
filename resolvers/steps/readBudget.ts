import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { budgetKey } from "../../core/keys.ts";
import { throwInternal } from "../shared/errors.ts";

/** Stashes the budget of the stashed job. */
export function request(ctx: Context) {
  return get({ key: budgetKey(ctx.stash.job.budgetId), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error || !ctx.result) throwInternal(ctx);
  ctx.stash.budget = ctx.result;
  return null;
}
