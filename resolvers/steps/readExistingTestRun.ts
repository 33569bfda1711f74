import { runtime, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { testRunKey } from "../../core/keys.ts";
import { ownTestRun } from "../shared/testRuns.ts";

export function request(ctx: Context) {
  if (!ctx.stash.existingId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return get({ key: testRunKey(ctx.stash.existingId), consistentRead: true });
}

export function response(ctx: Context) {
  ctx.stash.testRun = ownTestRun(ctx);
  return null;
}
