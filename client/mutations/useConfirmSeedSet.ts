import { useMutation } from "@apollo/client/react";
import { ConfirmSeedSetDocument, type SeedSetFieldsFragment } from "../generated/documents.ts";

/** Confirms that all files are uploaded. The response, now CHECKING, updates the seed set wherever it is shown. */
export function useConfirmSeedSet() {
  const [mutate] = useMutation(ConfirmSeedSetDocument);
  return async (id: string): Promise<SeedSetFieldsFragment> => {
    const { data } = await mutate({ variables: { id } });
    if (!data) throw new Error("The server answered without a seed set.");
    return data.confirmSeedSet;
  };
}
