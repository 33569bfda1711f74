import { useMutation } from "@apollo/client/react";
import { DeleteTemplateDocument } from "../generated/documents.ts";
import { forgetTemplateLists } from "./templateLists.ts";

/** Deletes a template with its versions and removes it from the lists. */
export function useDeleteTemplate() {
  const [mutate] = useMutation(DeleteTemplateDocument);
  return async (id: string): Promise<void> => {
    // Deferred until the page has navigated away: it would refetch the deleted template.
    await mutate({ variables: { id }, update: (cache) => void setTimeout(() => forgetTemplateLists(cache)) });
  };
}
