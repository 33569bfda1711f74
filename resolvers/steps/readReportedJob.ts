import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { jobKey } from "../../core/keys.ts";
import type { MutationReportProgressArgs } from "../generated/schema.ts";
import { fail, throwNotFound } from "../shared/errors.ts";

/** Whose job it is, and so who is told, comes from the row alone. */
export function request(ctx: Context<MutationReportProgressArgs>) {
  return get({ key: jobKey(ctx.args.input.jobId), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  if (!ctx.result) throwNotFound("job");
  return ctx.result;
}
