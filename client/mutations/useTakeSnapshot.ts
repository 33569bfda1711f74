import { useMutation } from "@apollo/client/react";
import { TakeSnapshotDocument } from "../generated/documents.ts";

/** Exports a job's records so far as a file. The response and later updates change the job wherever it is shown. */
export function useTakeSnapshot() {
  const [mutate] = useMutation(TakeSnapshotDocument);
  return async (id: string): Promise<void> => {
    await mutate({ variables: { id } });
  };
}
