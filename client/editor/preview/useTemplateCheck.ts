import { useApolloClient } from "@apollo/client/react";
import {
  CheckTemplateDocument,
  RenderTemplateDocument,
  type CheckTemplateQuery,
  type RenderTemplateInput,
  type RenderTemplateQuery,
} from "../../generated/documents.ts";
import { useDebouncedQuery, type DebouncedQuery } from "../../hooks/useDebouncedQuery.ts";

/** The problems of a source as it is typed, or its analysis; `id` is the template it will be a version of. */
export function useTemplateCheck(
  source: string,
  id: string | null,
): DebouncedQuery<CheckTemplateQuery["checkTemplate"]> {
  const client = useApolloClient();
  return useDebouncedQuery(source, async (requested, signal) => {
    const { data } = await client.query({
      query: CheckTemplateDocument,
      variables: { source: requested, id },
      fetchPolicy: "no-cache",
      context: { queryDeduplication: false, fetchOptions: { signal } },
    });
    if (!data) throw new Error("The server answered without a check.");
    return data.checkTemplate;
  });
}

/** The rendered prompts of one record as the source is typed; not requested while the input is null. */
export function useRendering(input: RenderTemplateInput | null): DebouncedQuery<RenderTemplateQuery["renderTemplate"]> {
  const client = useApolloClient();
  return useDebouncedQuery(input && JSON.stringify(input), async (requested, signal) => {
    const { data } = await client.query({
      query: RenderTemplateDocument,
      variables: { input: JSON.parse(requested) as RenderTemplateInput },
      fetchPolicy: "no-cache",
      context: { queryDeduplication: false, fetchOptions: { signal } },
    });
    if (!data) throw new Error("The server answered without prompts.");
    return data.renderTemplate;
  });
}
