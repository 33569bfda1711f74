import { runtime, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { tryKey } from "../../core/keys.ts";
import { ownTry } from "../shared/tries.ts";

export function request(ctx: Context) {
  if (!ctx.stash.earlierId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return get({ key: tryKey(ctx.stash.earlierId), consistentRead: true });
}

export function response(ctx: Context) {
  ctx.stash.try = ownTry(ctx);
  return null;
}
