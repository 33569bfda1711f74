import { useQuery } from "@apollo/client/react";
import { DatasetArchiveDocument, type ArchiveFactsFragment } from "../generated/documents.ts";
import { useAfterConnect } from "./Realtime.ts";

export interface Archive {
  /** Null until S3 has answered, and for a job without a dataset. */
  readonly archive: ArchiveFactsFragment | null;
  /** Asks again. */
  look(): void;
}

/** Where a job's dataset lies. S3 is asked each time the page is opened, so that nobody depends on news that was lost. */
export function useDatasetArchive(jobId: string, hasDataset: boolean): Archive {
  const { data, refetch } = useQuery(DatasetArchiveDocument, {
    variables: { jobId },
    skip: !hasDataset,
    fetchPolicy: "cache-and-network",
  });
  const look = () => void refetch().catch(() => undefined);
  useAfterConnect(() => hasDataset && look());
  return { archive: data?.getDatasetArchive ?? null, look };
}
