import type { DrawKey, Drawn, SeedPicks } from "../../core/seeds/pick.ts";
import type { SeedSource } from "../../worker/seeds.ts";

/** What each pick draws for a record, as JSON text: an item, or a list of items. */
export async function drawnItems(seeds: SeedSource, picks: SeedPicks, draw: DrawKey): Promise<Record<string, string>> {
  const drawn = Object.entries(await seeds.draw(picks, draw));
  return Object.fromEntries(
    await Promise.all(drawn.map(async ([name, one]) => [name, await textOf(seeds, one)] as const)),
  );
}

async function textOf(seeds: SeedSource, drawn: Drawn): Promise<string> {
  if ("item" in drawn) return seeds.item(drawn);
  const { collection, items } = drawn;
  return `[${(await Promise.all(items.map((item) => seeds.item({ collection, item })))).join(",")}]`;
}
