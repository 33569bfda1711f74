import { useMutation } from "@apollo/client/react";
import { CancelJobDocument } from "../generated/documents.ts";

/** Stops a job permanently. The response updates the job wherever it is shown. */
export function useCancelJob() {
  const [mutate] = useMutation(CancelJobDocument);
  return async (id: string): Promise<void> => {
    await mutate({ variables: { id } });
  };
}
