import { useMutation } from "@apollo/client/react";
import { RetryFailedDocument } from "../generated/documents.ts";

/** Retries a job's failed records, with a larger budget if given. */
export function useRetryFailed() {
  const [mutate] = useMutation(RetryFailedDocument);
  return async (id: string, budgetNanos: number | null): Promise<void> => {
    await mutate({ variables: { id, budgetNanos } });
  };
}
