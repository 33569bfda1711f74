import { createContext, useContext } from "react";

/** Datasets that came back from the archive while the app is open. */
export interface DatasetsBack {
  /** Their jobs, as long as nobody has looked. */
  readonly jobIds: readonly string[];
  seen(jobId: string): void;
}

export const DatasetsBackContext = createContext<DatasetsBack>({ jobIds: [], seen: () => undefined });

export function useDatasetsBack(): DatasetsBack {
  return useContext(DatasetsBackContext);
}
