import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { tryKey } from "../core/keys.ts";
import type { QueryGetTryArgs } from "./generated/schema.ts";
import { checkId } from "./shared/refuse.ts";
import { ownTry, toTry } from "./shared/tries.ts";

export function request(ctx: Context<QueryGetTryArgs>) {
  checkId(ctx.args.id, "try");
  return get({ key: tryKey(ctx.args.id), consistentRead: true });
}

export function response(ctx: Context) {
  return toTry(ownTry(ctx));
}
