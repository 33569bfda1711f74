import { useMutation } from "@apollo/client/react";
import { PauseJobDocument } from "../generated/documents.ts";

/** Stops a job until it is resumed. The response updates the job wherever it is shown. */
export function usePauseJob() {
  const [mutate] = useMutation(PauseJobDocument);
  return async (id: string): Promise<void> => {
    await mutate({ variables: { id } });
  };
}
