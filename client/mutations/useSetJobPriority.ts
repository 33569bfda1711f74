import { useMutation } from "@apollo/client/react";
import { SetJobPriorityDocument, type JobPriority } from "../generated/documents.ts";

/** Changes which of the user's jobs gets the next free task. */
export function useSetJobPriority() {
  const [mutate] = useMutation(SetJobPriorityDocument);
  return async (id: string, priority: JobPriority): Promise<void> => {
    await mutate({ variables: { id, priority } });
  };
}
