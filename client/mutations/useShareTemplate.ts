import { useMutation } from "@apollo/client/react";
import { PublishTemplateDocument, UnpublishTemplateDocument } from "../generated/documents.ts";
import { forgetTemplateLists } from "./templateLists.ts";

/** Publishes a template's latest version, or unpublishes all its versions. */
export function useShareTemplate() {
  const [publish] = useMutation(PublishTemplateDocument, { update: forgetTemplateLists });
  const [unpublish] = useMutation(UnpublishTemplateDocument, { update: forgetTemplateLists });
  return async (id: string, isPublic: boolean): Promise<void> => {
    await (isPublic ? publish : unpublish)({ variables: { id } });
  };
}
