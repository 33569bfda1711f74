import { useMutation } from "@apollo/client/react";
import { DeleteSeedSetDocument, SeedSetsDocument } from "../generated/documents.ts";

/** Deletes a seed set with its files and removes it from the list. */
export function useDeleteSeedSet() {
  const [mutate] = useMutation(DeleteSeedSetDocument, {
    update(cache, { data }) {
      cache.updateQuery({ query: SeedSetsDocument }, (list) => {
        if (!list || !data) return list;
        const items = list.listSeedSets.items.filter((item) => item.id !== data.deleteSeedSet.id);
        return { ...list, listSeedSets: { ...list.listSeedSets, items } };
      });
    },
  });
  return async (id: string): Promise<void> => {
    await mutate({ variables: { id } });
  };
}
