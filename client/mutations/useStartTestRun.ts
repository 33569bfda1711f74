import { useMutation } from "@apollo/client/react";
import { StartTestRunDocument, type StartTestRunInput } from "../generated/documents.ts";
import { useWishToken } from "../hooks/useClientToken.ts";

/** Starts a try and answers its id. */
export function useStartTestRun() {
  const { tokenFor, granted } = useWishToken();
  const [mutate] = useMutation(StartTestRunDocument);
  return async (input: Omit<StartTestRunInput, "clientToken">): Promise<string> => {
    const { data } = await mutate({ variables: { input: { ...input, clientToken: tokenFor(input) } } });
    if (!data) throw new Error("The server answered without a try.");
    granted();
    return data.startTestRun.id;
  };
}
