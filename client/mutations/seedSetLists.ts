import type { ApolloCache } from "@apollo/client";
import { SeedSetsDocument, type SeedSetFieldsFragment } from "../generated/documents.ts";

/** Prepends a new seed set to the list of mine. */
export function prependSeedSet(cache: ApolloCache, seedSet: SeedSetFieldsFragment | undefined): void {
  cache.updateQuery({ query: SeedSetsDocument }, (list) => {
    if (!list || !seedSet) return list;
    const items = [seedSet, ...list.listSeedSets.items];
    return { ...list, listSeedSets: { ...list.listSeedSets, items } };
  });
}
