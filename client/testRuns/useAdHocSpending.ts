import { useQuery } from "@apollo/client/react";
import { AdHocSpendingDocument } from "../generated/documents.ts";

/** What test runs and generated seeds cost today, in nano-dollars; undefined until loaded. */
export function useAdHocSpending() {
  const { data, refetch } = useQuery(AdHocSpendingDocument, { fetchPolicy: "cache-and-network" });
  const latest = data?.listAdHocSpending.items[0];
  const today = new Date().toISOString().slice(0, 10);
  const spentNanos = latest?.day === today ? latest.testRunsNanos + latest.generatedSeedsNanos : 0;
  return { spentNanos: data && spentNanos, refetch: () => void refetch().catch(() => undefined) };
}
