import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { testRunKey } from "../core/keys.ts";
import type { MutationReportTestRunArgs } from "./generated/schema.ts";
import { throwInternal, throwNotFound } from "./shared/errors.ts";
import { toTestRun } from "./shared/testRuns.ts";

/** What is reported, and to whom, comes from the row alone. */
export function request(ctx: Context<MutationReportTestRunArgs>) {
  return get({ key: testRunKey(ctx.args.input.id), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  if (!ctx.result) throwNotFound("test run");
  return toTestRun(ctx.result);
}
