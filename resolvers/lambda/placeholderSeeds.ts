/** Seeds that are not there: items made of placeholders, with the fields that the template reads. */
import { drawnAs, type Drawn, type Picked, type Picks } from "../../core/seeds/pick.ts";
import { exampleOf } from "../../core/template/placeholder.ts";
import type { SeedNeeds } from "../../core/template/analysis/seed-requirements.ts";
import type { SeedSource } from "../../worker/seeds.ts";

/** @param collections the schemas of their items */
export class PlaceholderSeeds implements SeedSource {
  constructor(readonly collections: SeedNeeds["collections"]) {}

  async draw(picks: Picks): Promise<Record<string, Drawn>> {
    const positions = (count = 1) => Array.from({ length: count }, (_, n) => n);
    return Object.fromEntries(
      Object.entries(picks).map(([name, pick]) => [name, drawnAs(pick, positions(pick.count))]),
    );
  }

  async item({ collection, item }: Picked): Promise<string> {
    const label = item === 0 ? collection : `${collection} ${item + 1}`;
    const example = exampleOf(this.collections[collection] ?? {}, label);
    return JSON.stringify(typeof example === "object" ? example : {});
  }
}

/** No seeds at all, for templates that draw none. */
export const NO_SEEDS: SeedSource = {
  draw: async () => ({}),
  item: async () => "{}",
};
