/** Client tokens of tries and generated seeds: who repeats a request gets what the first one made. */
import { util, type Context } from "@aws-appsync/utils";
import { sideTokenKey } from "../../core/keys.ts";
import type { SideTokenRow } from "../../core/money/metered-run-row.ts";
import { callerOf } from "./caller.ts";
import { refuseConflict } from "./refuse.ts";

export const WEEK_SECONDS = 604_800;

/** The row that remembers the request in the stash: its `clientToken`, `madeId` and `inputDigest`. */
export function sideTokenRow(ctx: Context): SideTokenRow {
  const { clientToken, madeId, inputDigest } = ctx.stash;
  const expiresAt = util.time.nowEpochSeconds() + WEEK_SECONDS;
  return { ...sideTokenKey(callerOf(ctx), clientToken), madeId, inputDigest, expiresAt };
}

/** Notes what the client token has made before; another input under the same token is refused. */
export function recallMade(ctx: Context, token: SideTokenRow): void {
  if (token.inputDigest !== ctx.stash.inputDigest)
    refuseConflict("This client token was used with another input; use a new token for each request meant.");
  ctx.stash.earlierId = token.madeId;
}
