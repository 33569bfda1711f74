import { useMutation } from "@apollo/client/react";
import { CreateSeedSetDocument, SeedSetsDocument, type CreateSeedSetMutation } from "../generated/documents.ts";
import type { UploadWish } from "../seeds/upload/useSeedUpload.ts";

/** Makes a seed set for these files, puts it at the head of the list, and answers where the files go. */
export function useCreateSeedSet() {
  const [mutate] = useMutation(CreateSeedSetDocument, {
    update(cache, { data }) {
      cache.updateQuery({ query: SeedSetsDocument }, (list) => {
        if (!list || !data) return list;
        const items = [data.createSeedSet.seedSet, ...list.listSeedSets.items];
        return { ...list, listSeedSets: { ...list.listSeedSets, items } };
      });
    },
  });
  return async ({ name, files, skipInvalid }: UploadWish): Promise<CreateSeedSetMutation["createSeedSet"]> => {
    const inputs = files.map(({ collection, file }) => ({ collection, fileName: file.name, bytes: file.size }));
    const { data } = await mutate({ variables: { input: { name, files: inputs, skipInvalid } } });
    if (!data) throw new Error("The server answered without a seed set.");
    return data.createSeedSet;
  };
}
