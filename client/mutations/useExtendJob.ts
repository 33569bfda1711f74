import { useMutation } from "@apollo/client/react";
import { ExtendJobDocument } from "../generated/documents.ts";

/** Adds records to a job, with a larger budget if given. The response contains the new shards. */
export function useExtendJob() {
  const [mutate] = useMutation(ExtendJobDocument);
  return async (id: string, recordCount: number, budgetNanos: number | null): Promise<void> => {
    await mutate({ variables: { id, recordCount, budgetNanos } });
  };
}
