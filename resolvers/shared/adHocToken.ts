/** Client tokens of test runs and generated seeds: a repeated request gets what the first one created. */
import { util, type Context } from "@aws-appsync/utils";
import { adHocTokenKey } from "../../core/keys.ts";
import type { AdHocTokenRow } from "../../core/money/ad-hoc-rows.ts";
import { callerOf } from "./caller.ts";
import { throwConflict } from "./errors.ts";

export const WEEK_SECONDS = 604_800;

/** The row that stores the request in the stash: its `clientToken`, `resourceId` and `inputDigest`. */
export function adHocTokenRow(ctx: Context): AdHocTokenRow {
  const { clientToken, resourceId, inputDigest } = ctx.stash;
  const expiresAt = util.time.nowEpochSeconds() + WEEK_SECONDS;
  return { ...adHocTokenKey(callerOf(ctx), clientToken), resourceId, inputDigest, expiresAt };
}

/** Stashes the id of what this client token created before. @throws Conflict when the input differs */
export function acceptReplay(ctx: Context, token: AdHocTokenRow): void {
  if (token.inputDigest !== ctx.stash.inputDigest)
    throwConflict("This client token was used with different input; use a new token for each new request.");
  ctx.stash.existingId = token.resourceId;
}
