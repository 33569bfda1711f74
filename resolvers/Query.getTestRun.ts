import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { testRunKey } from "../core/keys.ts";
import type { QueryGetTestRunArgs } from "./generated/schema.ts";
import { checkId } from "./shared/errors.ts";
import { ownTestRun, toTestRun } from "./shared/testRuns.ts";

export function request(ctx: Context<QueryGetTestRunArgs>) {
  checkId(ctx.args.id, "test run");
  return get({ key: testRunKey(ctx.args.id), consistentRead: true });
}

export function response(ctx: Context) {
  return toTestRun(ownTestRun(ctx));
}
