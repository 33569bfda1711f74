/** Those items of a seed set that fit a template, to be stored as another seed set. */
import { itemChecksOf } from "../../core/seeds/fit.ts";
import type { SeedFilter } from "../../core/seeds/seed-set-row.ts";
import type { SeedItem } from "../../core/seeds/seed-set.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import type { Seeds } from "../../worker/seeds.ts";
import { openSeeds, seedSetToUse } from "./seedSetToUse.ts";
import type { CollectionToFilter } from "./storeSeeds.ts";
import { readableTemplate } from "./templateRows.ts";

/**
 * @param checkDeadline called before each item
 * @throws PlotPaletteError NotFound when the person may not read the seed set or the template
 */
export async function collectionsToFilter(
  owner: string,
  { seedSetId, templateId, templateVersion }: SeedFilter,
  checkDeadline: () => void,
): Promise<CollectionToFilter[]> {
  const { version } = await readableTemplate(owner, templateId, templateVersion);
  const seedSet = await seedSetToUse(owner, seedSetId);
  const seeds = await openSeeds(seedSet);
  const checks = itemChecksOf(parseTemplate(version.source), version.partials);
  return seedSet.collections.map(({ name, fileName }) => ({
    name,
    fileName,
    items: parsedItems(seeds, name, checkDeadline),
    problemOf: checks.get(name),
  }));
}

async function* parsedItems(seeds: Seeds, collection: string, checkDeadline: () => void): AsyncGenerator<SeedItem> {
  for await (const item of seeds.items(collection)) {
    checkDeadline();
    yield JSON.parse(item) as SeedItem;
  }
}
