import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { jobKey } from "../core/keys.ts";
import type { QueryGetJobArgs } from "./generated/schema.ts";
import { ownJob, toJob } from "./shared/jobs.ts";
import { checkId } from "./shared/errors.ts";

export function request(ctx: Context<QueryGetJobArgs>) {
  checkId(ctx.args.id, "job");
  return get({ key: jobKey(ctx.args.id), consistentRead: true });
}

export function response(ctx: Context) {
  return toJob(ownJob(ctx));
}
