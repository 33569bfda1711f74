import { useMutation } from "@apollo/client/react";
import { PrioritizeJobDocument, type JobPriority } from "../generated/documents.ts";

/** Changes which of a person's jobs gets the next free task. */
export function usePrioritizeJob() {
  const [mutate] = useMutation(PrioritizeJobDocument);
  return async (id: string, priority: JobPriority): Promise<void> => {
    await mutate({ variables: { id, priority } });
  };
}
