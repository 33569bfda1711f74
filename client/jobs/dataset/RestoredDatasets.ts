import { createContext, useContext } from "react";

/** Datasets restored from the archive while the app is open. */
export interface RestoredDatasets {
  /** Their jobs, until dismissed. */
  readonly jobIds: readonly string[];
  dismiss(jobId: string): void;
}

export const RestoredDatasetsContext = createContext<RestoredDatasets>({ jobIds: [], dismiss: () => undefined });

export function useRestoredDatasets(): RestoredDatasets {
  return useContext(RestoredDatasetsContext);
}
