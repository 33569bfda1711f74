import { util, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { SAMPLES, seedSetKey } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { QueryListSeedItemsArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { checkId, throwInternal, throwNotFound } from "../shared/errors.ts";

/** The seed set, if it is the caller's or a sample, and READY. */
export function request(ctx: Context<QueryListSeedItemsArgs>) {
  checkId(ctx.args.seedSetId, "seed set");
  return get({ key: seedSetKey(ctx.args.seedSetId), consistentRead: true });
}

export function response(ctx: Context<QueryListSeedItemsArgs>) {
  if (ctx.error) throwInternal(ctx);
  const row: SeedSetRow | null = ctx.result;
  if (!row || (row.owner !== callerOf(ctx) && row.owner !== SAMPLES)) throwNotFound("seed set");
  if (row.status !== "READY")
    util.error(`The seed set "${row.name}" is ${row.status}; its items can be viewed once it is READY.`, "BadInput");
  return row;
}
