import { useApolloClient } from "@apollo/client/react";
import { EstimateJobDocument, type EstimateJobInput, type EstimateJobQuery } from "../../generated/documents.ts";
import { useAsked, type Asked } from "../../hooks/useDebouncedQuery.ts";

/** What a job is likely to cost, as its form is filled in; nothing is asked while the input is null. */
export function useEstimate(input: EstimateJobInput | null): Asked<EstimateJobQuery["estimateJob"]> {
  const client = useApolloClient();
  return useAsked(input && JSON.stringify(input), async (asked, signal) => {
    const { data } = await client.query({
      query: EstimateJobDocument,
      variables: { input: JSON.parse(asked) as EstimateJobInput },
      fetchPolicy: "no-cache",
      context: { queryDeduplication: false, fetchOptions: { signal } },
    });
    if (!data) throw new Error("The server answered without an estimate.");
    return data.estimateJob;
  });
}
