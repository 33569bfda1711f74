import { useMutation } from "@apollo/client/react";
import { RestoreDatasetDocument } from "../generated/documents.ts";

/** Brings an archived dataset back. The answer, and later the news, update it wherever it is shown. */
export function useRestoreDataset() {
  const [mutate] = useMutation(RestoreDatasetDocument);
  return async (jobId: string): Promise<void> => {
    await mutate({ variables: { jobId } });
  };
}
