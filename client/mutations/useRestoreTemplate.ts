import { useMutation } from "@apollo/client/react";
import { RestoreTemplateDocument, type TemplateFieldsFragment } from "../generated/documents.ts";
import { forgetTemplateLists } from "./templateLists.ts";

/** Saves an older version again as the newest, and returns that. */
export function useRestoreTemplate() {
  const [mutate] = useMutation(RestoreTemplateDocument, { update: forgetTemplateLists });
  return async (id: string, version: number): Promise<TemplateFieldsFragment> => {
    const { data } = await mutate({ variables: { id, version } });
    if (!data) throw new Error("The server answered without a template.");
    return data.restoreTemplate;
  };
}
