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

/** What is known about the current source; `unknown` when it could not be checked. */
export type CheckState = "checking" | "valid" | "invalid" | "unknown";

export function checkStateOf({
  data,
  isCurrent,
  error,
}: DebouncedQuery<Pick<CheckTemplateQuery["checkTemplate"], "problems">>): CheckState {
  if (error) return "unknown";
  if (!isCurrent || !data) return "checking";
  return data.problems.length === 0 ? "valid" : "invalid";
}

/** Why nothing can be done with the source; null when it is fine. `purpose` completes “Fix the errors …”. */
export function checkMessage(check: CheckState, purpose: string): string | null {
  switch (check) {
    case "valid":
      return null;
    case "checking":
      return "Checking…";
    case "invalid":
      return `Fix the errors ${purpose}.`;
    case "unknown":
      return "The template could not be checked.";
  }
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
