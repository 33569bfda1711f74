import { useApolloClient } from "@apollo/client/react";
import {
  CheckTemplateDocument,
  RenderTemplateDocument,
  type CheckTemplateQuery,
  type RenderTemplateInput,
  type RenderTemplateQuery,
} from "../../generated/documents.ts";
import { useAsked, type Asked } from "../../hooks/useDebouncedQuery.ts";

/** What is wrong with a source as it is typed, or what it would be; `id` is the template it is to be a version of. */
export function useTemplateCheck(source: string, id: string | null): Asked<CheckTemplateQuery["checkTemplate"]> {
  const client = useApolloClient();
  return useAsked(source, async (asked, signal) => {
    const { data } = await client.query({
      query: CheckTemplateDocument,
      variables: { source: asked, id },
      fetchPolicy: "no-cache",
      context: { queryDeduplication: false, fetchOptions: { signal } },
    });
    if (!data) throw new Error("The server answered without a check.");
    return data.checkTemplate;
  });
}

/** The prompts of one record as it is typed; nothing is asked while the input is null. */
export function useRendering(input: RenderTemplateInput | null): Asked<RenderTemplateQuery["renderTemplate"]> {
  const client = useApolloClient();
  return useAsked(input && JSON.stringify(input), async (asked, signal) => {
    const { data } = await client.query({
      query: RenderTemplateDocument,
      variables: { input: JSON.parse(asked) as RenderTemplateInput },
      fetchPolicy: "no-cache",
      context: { queryDeduplication: false, fetchOptions: { signal } },
    });
    if (!data) throw new Error("The server answered without prompts.");
    return data.renderTemplate;
  });
}
