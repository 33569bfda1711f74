import { useMutation } from "@apollo/client/react";
import {
  GenerateSeedsDocument,
  SeedSetsDocument,
  type GenerateSeedsInput,
  type SeedSetFieldsFragment,
} from "../generated/documents.ts";
import { useClientToken } from "../hooks/useClientToken.ts";

/** Starts generating a seed set and prepends it to the list. */
export function useGenerateSeeds() {
  const { tokenFor, release } = useClientToken();
  const [mutate] = useMutation(GenerateSeedsDocument, {
    update(cache, { data }) {
      cache.updateQuery({ query: SeedSetsDocument }, (list) => {
        if (!list || !data) return list;
        const items = [data.generateSeeds, ...list.listSeedSets.items];
        return { ...list, listSeedSets: { ...list.listSeedSets, items } };
      });
    },
  });
  return async (input: Omit<GenerateSeedsInput, "clientToken">): Promise<SeedSetFieldsFragment> => {
    const { data } = await mutate({ variables: { input: { ...input, clientToken: tokenFor(input) } } });
    if (!data) throw new Error("The server answered without a seed set.");
    release();
    return data.generateSeeds;
  };
}
