import { useEffect, useRef } from "react";
import { useQuery } from "@apollo/client/react";
import {
  DatasetArchiveDocument,
  type ArchiveFieldsFragment,
  type JobStateFragment,
} from "../../generated/documents.ts";
import { useAfterConnect } from "../../link/Realtime.ts";

export interface Archive {
  /** Null until S3 has answered, and for a job without a dataset. */
  readonly archive: ArchiveFieldsFragment | null;
  /** Asks again. */
  look(): void;
}

/**
 * Where a job's dataset lies. S3 is asked each time the page is opened, so that nobody depends on news that was lost, and again
 * when a job that went on has written another dataset.
 */
export function useDatasetArchive({ id: jobId, finishedAt, datasetFiles }: JobStateFragment): Archive {
  const hasDataset = datasetFiles.length > 0;
  const { data, refetch } = useQuery(DatasetArchiveDocument, {
    variables: { jobId },
    skip: !hasDataset,
    fetchPolicy: "cache-and-network",
  });
  const look = () => void refetch().catch(() => undefined);
  useAfterConnect(() => hasDataset && look());
  const asked = useRef(finishedAt);
  useEffect(() => {
    if (asked.current !== finishedAt && hasDataset) look();
    asked.current = finishedAt;
  });
  return { archive: data?.getDatasetArchive ?? null, look };
}
