import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { adHocTokenKey } from "../../core/keys.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, throwBadInput } from "../shared/errors.ts";
import { acceptReplay } from "../shared/adHocToken.ts";

export function request(ctx: Context) {
  const clientToken: string = ctx.stash.clientToken;
  if (clientToken.length < 8 || clientToken.length > 64)
    throwBadInput(`The client token must have 8 to 64 characters; this one has ${clientToken.length}.`);
  return get({ key: adHocTokenKey(callerOf(ctx), clientToken), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  if (ctx.result) acceptReplay(ctx, ctx.result);
  return null;
}
