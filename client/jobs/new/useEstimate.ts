import { useApolloClient } from "@apollo/client/react";
import { EstimateJobDocument, type EstimateJobInput, type EstimateJobQuery } from "../../generated/documents.ts";
import { useDebouncedQuery, type DebouncedQuery } from "../../hooks/useDebouncedQuery.ts";

/** The cost estimate of a job as its form is filled in; not requested while the input is null. */
export function useEstimate(input: EstimateJobInput | null): DebouncedQuery<EstimateJobQuery["estimateJob"]> {
  const client = useApolloClient();
  return useDebouncedQuery(input && JSON.stringify(input), async (requested, signal) => {
    const { data } = await client.query({
      query: EstimateJobDocument,
      variables: { input: JSON.parse(requested) as EstimateJobInput },
      fetchPolicy: "no-cache",
      context: { queryDeduplication: false, fetchOptions: { signal } },
    });
    if (!data) throw new Error("The server answered without an estimate.");
    return data.estimateJob;
  });
}
