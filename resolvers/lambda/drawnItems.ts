import type { DrawKey, SeedPicks } from "../../core/seeds/pick.ts";
import { jsonOfDrawn, type SeedSource } from "../../worker/seeds.ts";

/** What each pick draws for a record, as JSON text. */
export async function drawnItems(seeds: SeedSource, picks: SeedPicks, draw: DrawKey): Promise<Record<string, string>> {
  const drawn = Object.entries(await seeds.draw(picks, draw));
  return Object.fromEntries(
    await Promise.all(drawn.map(async ([name, one]) => [name, await jsonOfDrawn(seeds, one)] as const)),
  );
}
