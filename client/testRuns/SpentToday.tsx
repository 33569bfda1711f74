import { formatUsd } from "#core/money/money";
import { useEffect, useRef } from "react";
import { useAdHocSpending } from "./useAdHocSpending.ts";

/** What was spent today outside of jobs. Refetched when the spending has ended. */
export function SpentToday({ isSpending }: { readonly isSpending: boolean }) {
  const { spentNanos, refetch } = useAdHocSpending();
  const wasSpending = useRef(isSpending);
  useEffect(() => {
    if (wasSpending.current && !isSpending) refetch();
    wasSpending.current = isSpending;
  });
  if (spentNanos === undefined) return null;
  return <p className="small faint number">Spent today on test runs and generated seeds: {formatUsd(spentNanos)}</p>;
}
