import { useMutation } from "@apollo/client/react";
import { TryTemplateDocument, type TryTemplateInput } from "../generated/documents.ts";
import { useWishToken } from "../hooks/useWishToken.ts";

/** Starts a try and answers its id. */
export function useTryTemplate() {
  const { tokenFor, granted } = useWishToken();
  const [mutate] = useMutation(TryTemplateDocument);
  return async (input: Omit<TryTemplateInput, "clientToken">): Promise<string> => {
    const { data } = await mutate({ variables: { input: { ...input, clientToken: tokenFor(input) } } });
    if (!data) throw new Error("The server answered without a try.");
    granted();
    return data.tryTemplate.id;
  };
}
