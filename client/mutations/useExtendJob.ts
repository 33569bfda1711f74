import { useMutation } from "@apollo/client/react";
import { ExtendJobDocument } from "../generated/documents.ts";

/** Asks a job for more records, with a larger budget when one is given. The answer brings its new shards along. */
export function useExtendJob() {
  const [mutate] = useMutation(ExtendJobDocument);
  return async (id: string, recordCount: number, budgetNanos: number | null): Promise<void> => {
    await mutate({ variables: { id, recordCount, budgetNanos } });
  };
}
