import { useMutation } from "@apollo/client/react";
import {
  FilterSeedSetDocument,
  type FilterSeedSetMutationVariables,
  type SeedSetFieldsFragment,
} from "../generated/documents.ts";
import { prependSeedSet } from "./seedSetLists.ts";

/** Starts making a seed set of the items of another that fit a template, and prepends it to the list. */
export function useFilterSeedSet() {
  const [mutate] = useMutation(FilterSeedSetDocument, {
    update: (cache, { data }) => prependSeedSet(cache, data?.filterSeedSet),
  });
  return async (variables: FilterSeedSetMutationVariables): Promise<SeedSetFieldsFragment> => {
    const { data } = await mutate({ variables });
    if (!data) throw new Error("The server answered without a seed set.");
    return data.filterSeedSet;
  };
}
