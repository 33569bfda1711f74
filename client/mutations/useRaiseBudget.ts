import { useMutation } from "@apollo/client/react";
import { RaiseBudgetDocument } from "../generated/documents.ts";

/** Raises a job's budget without changing its status. The response updates the job wherever it is shown. */
export function useRaiseBudget() {
  const [mutate] = useMutation(RaiseBudgetDocument);
  return async (id: string, budgetNanos: number): Promise<void> => {
    await mutate({ variables: { id, budgetNanos } });
  };
}
