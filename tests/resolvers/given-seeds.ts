/** Seed sets with items, stored as the check stores them. */
import { seedSetKey } from "../../core/keys.ts";
import { SeedStore } from "../../resolvers/lambda/storeSeeds.ts";
import type { World } from "./world.ts";

export const FILMS = [
  { Title: "Metropolis", Year: 1927, tags: ["city", "robot"] },
  { Title: "Nosferatu", Year: 1922, tags: ["vampire", "shadow"] },
  { Title: "Faust", Year: 1926, tags: ["devil", "book"] },
];

/** A READY seed set of the owner with these items by collection. */
export async function givenSeeds(
  world: World,
  owner: string,
  id: string,
  items: Readonly<Record<string, readonly object[]>> = { movies: FILMS },
): Promise<string> {
  const files = Object.entries(items).map(([collection, list]) => {
    const text = list.map((item) => JSON.stringify(item)).join("\n");
    return { collection, fileName: `${collection}.jsonl`, open: () => bytesOf(text) };
  });
  await world.put("SeedSets", {
    ...seedSetKey(id),
    seedSetId: id,
    owner,
    listKey: id,
    name: "Films",
    status: "READY",
    collections: await new SeedStore(owner, id).store(files as never),
    uploads: [],
    createdAt: "2026-01-01T00:00:00.000Z",
  });
  return id;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
