import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { jobKey } from "../../core/keys.ts";
import type { MutationReportProgressArgs } from "../generated/schema.ts";
import { throwInternal, throwNotFound } from "../shared/errors.ts";

/** The job's owner, and so who is notified, comes from the row alone. */
export function request(ctx: Context<MutationReportProgressArgs>) {
  return get({ key: jobKey(ctx.args.input.jobId), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  if (!ctx.result) throwNotFound("job");
  return ctx.result;
}
