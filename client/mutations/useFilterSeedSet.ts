import { useMutation } from "@apollo/client/react";
import {
  FilterSeedSetDocument,
  SeedSetsDocument,
  type FilterSeedSetMutationVariables,
  type SeedSetFieldsFragment,
} from "../generated/documents.ts";

/** Starts making a seed set of the items of another that fit a template, and prepends it to the list. */
export function useFilterSeedSet() {
  const [mutate] = useMutation(FilterSeedSetDocument, {
    update(cache, { data }) {
      cache.updateQuery({ query: SeedSetsDocument }, (list) => {
        if (!list || !data) return list;
        const items = [data.filterSeedSet, ...list.listSeedSets.items];
        return { ...list, listSeedSets: { ...list.listSeedSets, items } };
      });
    },
  });
  return async (variables: FilterSeedSetMutationVariables): Promise<SeedSetFieldsFragment> => {
    const { data } = await mutate({ variables });
    if (!data) throw new Error("The server answered without a seed set.");
    return data.filterSeedSet;
  };
}
