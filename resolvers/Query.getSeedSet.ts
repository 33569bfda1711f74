import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { SAMPLES, seedSetKey } from "../core/keys.ts";
import type { SeedSetRow } from "../core/seeds/seed-set-row.ts";
import type { QueryGetSeedSetArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { checkId, throwInternal, throwNotFound } from "./shared/errors.ts";
import { toSeedSet } from "./shared/seedSets.ts";

export function request(ctx: Context<QueryGetSeedSetArgs>) {
  checkId(ctx.args.id, "seed set");
  return get({ key: seedSetKey(ctx.args.id), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  const row: SeedSetRow | null = ctx.result;
  if (!row || (row.owner !== callerOf(ctx) && row.owner !== SAMPLES)) throwNotFound("seed set");
  return toSeedSet(row);
}
