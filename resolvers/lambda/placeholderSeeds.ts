/** Seeds for rendering without a seed set: placeholder items with the fields that the template reads. */
import { toDrawn, type Drawn, type DrawnItem, type SeedPicks } from "../../core/seeds/pick.ts";
import { exampleOf } from "../../core/template/placeholder.ts";
import type { SeedRequirements } from "../../core/template/analysis/seed-requirements.ts";
import type { SeedSource } from "../../worker/seeds.ts";

/** @param collections the schemas of their items */
export class PlaceholderSeeds implements SeedSource {
  constructor(readonly collections: SeedRequirements["collections"]) {}

  async draw(picks: SeedPicks): Promise<Record<string, Drawn>> {
    const positions = (count = 1) => Array.from({ length: count }, (_, n) => n);
    return Object.fromEntries(
      Object.entries(picks).map(([name, pick]) => [name, toDrawn(pick, positions(pick.count))]),
    );
  }

  async item({ collection, item }: DrawnItem): Promise<string> {
    const label = item === 0 ? collection : `${collection} ${item + 1}`;
    const example = exampleOf(this.collections[collection] ?? {}, label);
    return JSON.stringify(typeof example === "object" ? example : {});
  }
}

/** For templates that draw no seeds. */
export const NO_SEEDS: SeedSource = {
  draw: async () => ({}),
  item: async () => "{}",
};
