import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { tokenKey } from "../../core/keys.ts";
import type { MutationCreateJobArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { fail, throwBadInput } from "../shared/errors.ts";
import { acceptJobReplay } from "../shared/token.ts";

export function request(ctx: Context<MutationCreateJobArgs>) {
  const { clientToken } = ctx.args.input;
  if (clientToken.length < 8 || clientToken.length > 64)
    throwBadInput(`The client token must have 8 to 64 characters; this one has ${clientToken.length}.`);
  return get({ key: tokenKey(callerOf(ctx), clientToken), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  if (ctx.result) acceptJobReplay(ctx, ctx.result);
  return null;
}
