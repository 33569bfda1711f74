import { useMutation } from "@apollo/client/react";
import { ForkTemplateDocument, type TemplateFieldsFragment } from "../generated/documents.ts";
import { forgetTemplateLists } from "./templateLists.ts";

/** Copies a version of a template, the latest when null, into a new template of mine. */
export function useForkTemplate() {
  const [mutate] = useMutation(ForkTemplateDocument, { update: forgetTemplateLists });
  return async (id: string, version: number | null = null): Promise<TemplateFieldsFragment> => {
    const { data } = await mutate({ variables: { id, version } });
    if (!data) throw new Error("The server answered without a template.");
    return data.forkTemplate;
  };
}
