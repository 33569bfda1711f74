import { useQuery } from "@apollo/client/react";
import { SideSpendingDocument } from "../generated/documents.ts";

/** What tries and generated seeds cost today, in nano-dollars; undefined while it is not known. `refetch` reads it again. */
export function useSideSpending() {
  const { data, refetch } = useQuery(SideSpendingDocument, { fetchPolicy: "cache-and-network" });
  const latest = data?.listSideSpending.items[0];
  const today = new Date().toISOString().slice(0, 10);
  const spentNanos = latest?.day === today ? latest.triesNanos + latest.seedsNanos : 0;
  return { spentNanos: data && spentNanos, refetch: () => void refetch().catch(() => undefined) };
}
