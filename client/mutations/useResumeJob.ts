import { useMutation } from "@apollo/client/react";
import { ResumeJobDocument } from "../generated/documents.ts";

/** Resumes a job, with a larger budget if given. The response updates the job wherever it is shown. */
export function useResumeJob() {
  const [mutate] = useMutation(ResumeJobDocument);
  return async (id: string, budgetNanos: number | null): Promise<void> => {
    await mutate({ variables: { id, budgetNanos } });
  };
}
