import { useMutation } from "@apollo/client/react";
import { GenerateSeedsDocument, type GenerateSeedsInput, type SeedSetFieldsFragment } from "../generated/documents.ts";
import { useClientToken } from "../hooks/useClientToken.ts";
import { prependSeedSet } from "./seedSetLists.ts";

/** Starts generating a seed set and prepends it to the list. */
export function useGenerateSeeds() {
  const { tokenFor, release } = useClientToken();
  const [mutate] = useMutation(GenerateSeedsDocument, {
    update: (cache, { data }) => prependSeedSet(cache, data?.generateSeeds),
  });
  return async (input: Omit<GenerateSeedsInput, "clientToken">): Promise<SeedSetFieldsFragment> => {
    const { data } = await mutate({ variables: { input: { ...input, clientToken: tokenFor(input) } } });
    if (!data) throw new Error("The server answered without a seed set.");
    release();
    return data.generateSeeds;
  };
}
