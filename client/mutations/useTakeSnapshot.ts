import { useMutation } from "@apollo/client/react";
import { TakeSnapshotDocument } from "../generated/documents.ts";

/** Has a job's records so far written into a file. The answer and the news after it update the job wherever it is shown. */
export function useTakeSnapshot() {
  const [mutate] = useMutation(TakeSnapshotDocument);
  return async (id: string): Promise<void> => {
    await mutate({ variables: { id } });
  };
}
