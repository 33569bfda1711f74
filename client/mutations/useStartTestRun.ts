import { useMutation } from "@apollo/client/react";
import { StartTestRunDocument, type StartTestRunInput } from "../generated/documents.ts";
import { useClientToken } from "../hooks/useClientToken.ts";

/** Starts a test run and returns its id. */
export function useStartTestRun() {
  const { tokenFor, release } = useClientToken();
  const [mutate] = useMutation(StartTestRunDocument);
  return async (input: Omit<StartTestRunInput, "clientToken">): Promise<string> => {
    const { data } = await mutate({ variables: { input: { ...input, clientToken: tokenFor(input) } } });
    if (!data) throw new Error("The server answered without a test run.");
    release();
    return data.startTestRun.id;
  };
}
