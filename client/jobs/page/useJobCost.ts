import { useQuery } from "@apollo/client/react";
import { useEffect, useRef } from "react";
import { JobCostDocument, type JobCostQuery } from "../../generated/documents.ts";
import { useThrottledValue } from "../../ui/useThrottledValue.ts";

/**
 * A job's estimate and its spending by step and model; undefined until loaded. It is refetched when an update reports more
 * spending or another status, but not on every update.
 */
export function useJobCost(id: string, spentNanos: number, status: string): JobCostQuery["getJob"] | undefined {
  const { data, refetch } = useQuery(JobCostDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
    notifyOnNetworkStatusChange: false,
  });
  const progress = `${status} ${useThrottledValue(spentNanos, REFETCH_EVERY_MS, false)}`;
  const known = useRef(progress);
  useEffect(() => {
    if (known.current === progress) return;
    known.current = progress;
    // On failure the page keeps what it shows; the next update retries.
    void refetch().catch(() => undefined);
  }, [progress, refetch]);
  return data?.getJob;
}

const REFETCH_EVERY_MS = 5_000;
