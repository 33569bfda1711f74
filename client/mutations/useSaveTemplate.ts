import { useMutation } from "@apollo/client/react";
import { SaveTemplateDocument, type SaveTemplateInput, type TemplateFieldsFragment } from "../generated/documents.ts";
import { forgetTemplateLists } from "./templateLists.ts";

/** Saves a template as its next version, or a new one. The lists are refetched when they are next shown. */
export function useSaveTemplate() {
  const [mutate] = useMutation(SaveTemplateDocument, { update: forgetTemplateLists });
  return async (input: SaveTemplateInput): Promise<TemplateFieldsFragment> => {
    const { data } = await mutate({ variables: { input } });
    if (!data) throw new Error("The server answered without a template.");
    return data.saveTemplate;
  };
}
