import { useMutation } from "@apollo/client/react";
import { RaiseBudgetDocument } from "../generated/documents.ts";

/** Gives a job more money; it stays where it is. The answer updates the job wherever it is shown. */
export function useRaiseBudget() {
  const [mutate] = useMutation(RaiseBudgetDocument);
  return async (id: string, budgetNanos: number): Promise<void> => {
    await mutate({ variables: { id, budgetNanos } });
  };
}
