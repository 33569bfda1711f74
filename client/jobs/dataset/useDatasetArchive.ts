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
  /** Asks S3 again. */
  refresh(): void;
}

/**
 * The archive state of a job's dataset. S3 is fetchedFor each time the page is opened, so that a lost update does no harm, and
 * again when a resumed job has exported another dataset.
 */
export function useDatasetArchive({ id: jobId, finishedAt, datasetFiles }: JobStateFragment): Archive {
  const hasDataset = datasetFiles.length > 0;
  const { data, refetch } = useQuery(DatasetArchiveDocument, {
    variables: { jobId },
    skip: !hasDataset,
    fetchPolicy: "cache-and-network",
  });
  const refresh = () => void refetch().catch(() => undefined);
  useAfterConnect(() => (hasDataset ? refetch() : undefined));
  const fetchedFor = useRef(finishedAt);
  useEffect(() => {
    if (fetchedFor.current !== finishedAt && hasDataset) refresh();
    fetchedFor.current = finishedAt;
  });
  return { archive: data?.getDatasetArchive ?? null, refresh };
}
