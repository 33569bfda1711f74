import { useMutation } from "@apollo/client/react";
import { CreateSeedSetDocument, type CreateSeedSetMutation } from "../generated/documents.ts";
import { prependSeedSet } from "./seedSetLists.ts";

export interface UploadFile {
  readonly collection: string;
  readonly file: File;
}

export interface UploadRequest {
  readonly name: string;
  readonly files: readonly UploadFile[];
  /** Invalid rows are skipped instead of rejecting their file. */
  readonly skipInvalid: boolean;
}

/** Creates a seed set for these files, prepends it to the list, and returns where to upload the files. */
export function useCreateSeedSet() {
  const [mutate] = useMutation(CreateSeedSetDocument, {
    update: (cache, { data }) => prependSeedSet(cache, data?.createSeedSet.seedSet),
  });
  return async ({ name, files, skipInvalid }: UploadRequest): Promise<CreateSeedSetMutation["createSeedSet"]> => {
    const inputs = files.map(({ collection, file }) => ({ collection, fileName: file.name, bytes: file.size }));
    const { data } = await mutate({ variables: { input: { name, files: inputs, skipInvalid } } });
    if (!data) throw new Error("The server answered without a seed set.");
    return data.createSeedSet;
  };
}
