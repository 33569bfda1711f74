import { useMutation } from "@apollo/client/react";
import { DeleteTemplateDocument } from "../generated/documents.ts";
import { forgetTemplateLists } from "../templates/lists.ts";

/** Deletes a template with its versions and takes it out of the lists. */
export function useDeleteTemplate() {
  const [mutate] = useMutation(DeleteTemplateDocument);
  return async (id: string): Promise<void> => {
    // After the page has gone elsewhere: it would ask anew for what is no longer there.
    await mutate({ variables: { id }, update: (cache) => void setTimeout(() => forgetTemplateLists(cache)) });
  };
}
