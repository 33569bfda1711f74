import { runtime, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { seedSetKey } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwNotFound } from "../shared/errors.ts";

export function request(ctx: Context) {
  if (!ctx.stash.existingId) runtime.earlyReturn(null, { skipTo: "NEXT" });
  return get({ key: seedSetKey(ctx.stash.existingId), consistentRead: true });
}

/** It may have been deleted since then. */
export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  const row: SeedSetRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwNotFound("seed set");
  ctx.stash.seedSet = row;
  return null;
}
