/** From seed set rows to what the schema calls SeedSet. */
import type { Context } from "@aws-appsync/utils";
import { SAMPLES } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { SeedSet } from "../generated/schema.ts";
import { callerOf } from "./caller.ts";
import { fail, throwConflict, throwNotFound } from "./errors.ts";
import { RUN_CRASHED } from "./runTimeout.ts";
import { finalSpend, hasCrashed } from "./adHocRuns.ts";

export function toSeedSet(row: SeedSetRow): SeedSet {
  const died = row.status === "GENERATING" && hasCrashed(row);
  return {
    id: row.seedSetId,
    owner: row.owner,
    name: row.name,
    status: died ? "REFUSED" : row.status,
    statusReason: died ? RUN_CRASHED : (row.statusReason ?? null),
    isSample: row.owner === SAMPLES,
    // What a field of a row leaves out is null to GraphQL.
    collections: row.collections as SeedSet["collections"],
    skippedRows: row.skippedRows ?? [],
    skippedCount: row.skippedCount ?? 0,
    spentNanos: row.generation ? (died ? finalSpend(row) : (row.spentNanos ?? 0)) : null,
    createdAt: row.createdAt,
  };
}

/** The seed set after a conditional write; when the condition did not hold, the words say why. */
export function movedSeedSet(ctx: Context, wish: string): SeedSetRow {
  if (!ctx.error) return ctx.result;
  if (ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") fail(ctx);
  const row: SeedSetRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwNotFound("seed set");
  if (row.generation) throwConflict("This seed set is made by a model; there is no file to upload or to check.");
  return throwConflict(`This seed set is ${row.status}; only one that is ${wish}.`);
}
