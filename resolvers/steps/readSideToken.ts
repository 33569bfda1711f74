import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { sideTokenKey } from "../../core/keys.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, refuseInput } from "../shared/refuse.ts";
import { recallMade } from "../shared/sideToken.ts";

export function request(ctx: Context) {
  const clientToken: string = ctx.stash.clientToken;
  if (clientToken.length < 8 || clientToken.length > 64)
    refuseInput(`The client token must have 8 to 64 characters, this one has ${clientToken.length}.`);
  return get({ key: sideTokenKey(callerOf(ctx), clientToken), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  if (ctx.result) recallMade(ctx, ctx.result);
  return null;
}
