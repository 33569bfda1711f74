/** From seed set rows to what the schema calls SeedSet. */
import type { Context } from "@aws-appsync/utils";
import { SAMPLES, type SeedSetRow } from "../../core/rows.ts";
import type { SeedSet } from "../generated/schema.ts";
import { callerOf } from "./caller.ts";
import { fail, refuseConflict, refuseUnknown } from "./refuse.ts";

export function toSeedSet(row: SeedSetRow): SeedSet {
  return {
    id: row.seedSetId,
    owner: row.owner,
    name: row.name,
    status: row.status,
    statusReason: row.statusReason ?? null,
    isSample: row.owner === SAMPLES,
    collections: row.collections,
    createdAt: row.createdAt,
  };
}

/** The seed set after a conditional write; when the condition did not hold, the words say why. */
export function movedSeedSet(ctx: Context, wish: string): SeedSetRow {
  if (!ctx.error) return ctx.result;
  if (ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") fail(ctx);
  const row: SeedSetRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) refuseUnknown("seed set");
  return refuseConflict(`This seed set is ${row.status}; only one that is ${wish}.`);
}
