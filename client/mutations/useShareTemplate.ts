import { useMutation } from "@apollo/client/react";
import { PublishTemplateDocument, UnpublishTemplateDocument } from "../generated/documents.ts";
import { forgetTemplateLists } from "../templates/lists.ts";

/** Shows a template's latest version to everyone, or hides all its versions from everyone else. */
export function useShareTemplate() {
  const [publish] = useMutation(PublishTemplateDocument, { update: forgetTemplateLists });
  const [withdraw] = useMutation(UnpublishTemplateDocument, { update: forgetTemplateLists });
  return async (id: string, isPublic: boolean): Promise<void> => {
    await (isPublic ? publish : withdraw)({ variables: { id } });
  };
}
