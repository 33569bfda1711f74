/** From seed set rows to the schema's SeedSet. */
import type { Context } from "@aws-appsync/utils";
import { put } from "@aws-appsync/utils/dynamodb";
import type { Item } from "../../core/change.ts";
import { SAMPLES } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { SeedSet } from "../generated/schema.ts";
import { callerOf } from "./caller.ts";
import { throwInternal, throwConflict, throwNotFound } from "./errors.ts";
import { RUN_CRASHED } from "./runTimeout.ts";
import { finalSpend, hasCrashed } from "./adHocRuns.ts";

export function toSeedSet(row: SeedSetRow): SeedSet {
  const crashed = row.status === "GENERATING" && hasCrashed(row);
  return {
    id: row.seedSetId,
    owner: row.owner,
    name: row.name,
    status: crashed ? "REFUSED" : row.status,
    statusReason: crashed ? RUN_CRASHED : (row.statusReason ?? null),
    isSample: row.owner === SAMPLES,
    // A missing attribute of a row is null to GraphQL.
    collections: row.collections as SeedSet["collections"],
    skippedRows: row.skippedRows ?? [],
    skippedCount: row.skippedCount ?? 0,
    notes: row.notes ?? [],
    spentNanos: row.generation ? (crashed ? finalSpend(row) : (row.spentNanos ?? 0)) : null,
    createdAt: row.createdAt,
  };
}

/** Writes the row of a new seed set. */
export function putSeedSet({ pk, sk, ...item }: SeedSetRow) {
  return put<Item<SeedSetRow>>({ key: { pk, sk }, item, condition: { pk: { attributeExists: false } } });
}

/** Stashes the seed set that was written. */
export function stashSeedSet(ctx: Context): null {
  if (ctx.error) throwInternal(ctx);
  ctx.stash.seedSet = ctx.result;
  return null;
}

/**
 * The seed set after a conditional write.
 * @param allowed completes the message when the condition failed: `uploading can be confirmed`
 */
export function updatedSeedSet(ctx: Context, allowed: string): SeedSetRow {
  if (!ctx.error) return ctx.result;
  if (ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") throwInternal(ctx);
  const row: SeedSetRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwNotFound("seed set");
  if (row.generation) throwConflict("A model generates this seed set, so there are no files to upload or check.");
  return throwConflict(`This seed set is ${row.status}; only one that is ${allowed}.`);
}
