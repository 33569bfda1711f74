/** Client tokens of tries and generated seeds: who repeats a request gets what the first one made. */
import { util, type Context } from "@aws-appsync/utils";
import { adHocTokenKey } from "../../core/keys.ts";
import type { AdHocTokenRow } from "../../core/money/ad-hoc-rows.ts";
import { callerOf } from "./caller.ts";
import { throwConflict } from "./errors.ts";

export const WEEK_SECONDS = 604_800;

/** The row that remembers the request in the stash: its `clientToken`, `resourceId` and `inputDigest`. */
export function adHocTokenRow(ctx: Context): AdHocTokenRow {
  const { clientToken, resourceId, inputDigest } = ctx.stash;
  const expiresAt = util.time.nowEpochSeconds() + WEEK_SECONDS;
  return { ...adHocTokenKey(callerOf(ctx), clientToken), resourceId, inputDigest, expiresAt };
}

/** Notes what the client token has made before; another input under the same token is refused. */
export function acceptReplay(ctx: Context, token: AdHocTokenRow): void {
  if (token.inputDigest !== ctx.stash.inputDigest)
    throwConflict("This client token was used with another input; use a new token for each request meant.");
  ctx.stash.earlierId = token.resourceId;
}
