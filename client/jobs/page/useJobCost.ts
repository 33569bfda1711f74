import { useQuery } from "@apollo/client/react";
import { useEffect, useRef } from "react";
import { JobCostDocument, type JobCostQuery } from "../../generated/documents.ts";
import { useCalm } from "../../ui/useThrottledValue.ts";

/**
 * What a job was expected to cost, and what went where; undefined while it is not known. It is read again when news tell that
 * more was spent or that the job's state changed, but not with each of them.
 */
export function useJobCost(id: string, spentNanos: number, status: string): JobCostQuery["getJob"] | undefined {
  const { data, refetch } = useQuery(JobCostDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
    notifyOnNetworkStatusChange: false,
  });
  const news = `${status} ${useCalm(spentNanos, READ_EVERY_MS, false)}`;
  const known = useRef(news);
  useEffect(() => {
    if (known.current === news) return;
    known.current = news;
    // What is shown stays when it cannot be read; the next news ask again.
    void refetch().catch(() => undefined);
  }, [news, refetch]);
  return data?.getJob;
}

const READ_EVERY_MS = 5_000;
