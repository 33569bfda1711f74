import { useMutation } from "@apollo/client/react";
import { RestoreDatasetDocument } from "../generated/documents.ts";

/** Restores an archived dataset. The response and later updates change it wherever it is shown. */
export function useRestoreDataset() {
  const [mutate] = useMutation(RestoreDatasetDocument);
  return async (jobId: string): Promise<void> => {
    await mutate({ variables: { jobId } });
  };
}
