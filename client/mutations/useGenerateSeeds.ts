import { useMutation } from "@apollo/client/react";
import {
  GenerateSeedsDocument,
  SeedSetsDocument,
  type GenerateSeedsInput,
  type SeedSetFieldsFragment,
} from "../generated/documents.ts";
import { useWishToken } from "../hooks/useClientToken.ts";

/** Lets a model make a seed set, and puts it at the head of the list while it does. */
export function useGenerateSeeds() {
  const { tokenFor, granted } = useWishToken();
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
    granted();
    return data.generateSeeds;
  };
}
