/** Those items of a seed set that fit a template, to be stored as another seed set. */
import { seedBlockObject, seedIndexObject } from "../../core/bucket.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { itemChecksOf } from "../../core/seeds/fit.ts";
import type { SeedFilter, SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { SeedIndex, SeedItem } from "../../core/seeds/seed-set.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import { S3Objects } from "../../worker/adapters/s3-objects.ts";
import { objectClient, setting } from "./clients.ts";
import { seedSetToUse } from "./seedSetToUse.ts";
import type { CollectionToFilter } from "./storeSeeds.ts";
import { readableTemplate } from "./templateRows.ts";

/**
 * @param checkDeadline called before each block of a megabyte
 * @throws PlotPaletteError NotFound when the person may not read the seed set or the template
 */
export async function collectionsToFilter(
  owner: string,
  { seedSetId, templateId, templateVersion }: SeedFilter,
  checkDeadline: () => void,
): Promise<CollectionToFilter[]> {
  const { version } = await readableTemplate(owner, templateId, templateVersion);
  const seedSet = await seedSetToUse(owner, seedSetId);
  const checks = itemChecksOf(parseTemplate(version.source), version.partials);
  return seedSet.collections.map(({ name, fileName }) => ({
    name,
    fileName,
    items: storedItems(seedSet, name, checkDeadline),
    problemOf: checks.get(name),
  }));
}

async function* storedItems(
  { owner, seedSetId }: SeedSetRow,
  collection: string,
  checkDeadline: () => void,
): AsyncGenerator<SeedItem> {
  const objects = new S3Objects(objectClient(), setting(ENVIRONMENT.bucket));
  const { collections } = JSON.parse(await objects.read(seedIndexObject(owner, seedSetId))) as SeedIndex;
  for (const number of (collections[collection]?.blocks ?? []).keys()) {
    checkDeadline();
    const block = await objects.read(seedBlockObject(owner, seedSetId, collection, number));
    for (const line of block.split("\n")) if (line) yield JSON.parse(line) as SeedItem;
  }
}
