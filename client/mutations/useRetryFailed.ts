import { useMutation } from "@apollo/client/react";
import { RetryFailedDocument } from "../generated/documents.ts";

/** Takes up again what a job could not make, with a larger budget when one is given. */
export function useRetryFailed() {
  const [mutate] = useMutation(RetryFailedDocument);
  return async (id: string, budgetNanos: number | null): Promise<void> => {
    await mutate({ variables: { id, budgetNanos } });
  };
}
