/** Seed sets that a person may use, and their items. */
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { SAMPLES, seedSetKey } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import { S3Objects } from "../../worker/adapters/s3-objects.ts";
import { Seeds } from "../../worker/seeds.ts";
import { documentClient, objectClient, setting } from "./clients.ts";

/** @throws PlotPaletteError NotFound when it does not exist or is someone else's, BadInput when it is not READY */
export async function seedSetToUse(owner: string, seedSetId: string): Promise<SeedSetRow> {
  const row = await readSeedSet(seedSetId);
  if (!row || (row.owner !== owner && row.owner !== SAMPLES))
    throw new PlotPaletteError("NotFound", "There is no seed set with that id.");
  if (row.status === "READY") return row;
  throw new PlotPaletteError(
    "BadInput",
    `The seed set "${row.name}" is ${row.status}; wait until it is READY, or choose another.`,
  );
}

export function openSeeds(row: Pick<SeedSetRow, "owner" | "seedSetId">): Promise<Seeds> {
  return Seeds.open(new S3Objects(objectClient(), setting(ENVIRONMENT.bucket)), row);
}

/** Ids arrive unchecked; one that cannot be a key of ours does not exist. */
async function readSeedSet(seedSetId: string): Promise<SeedSetRow | undefined> {
  if (seedSetId === "" || seedSetId.length > 64) return undefined;
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.seedSetsTable), Key: seedSetKey(seedSetId), ConsistentRead: true }),
  );
  return Item as SeedSetRow | undefined;
}
