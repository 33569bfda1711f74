import type { SeedSetStatus } from "../generated/documents.ts";

/** Whether an incoming update of a seed set is older than the known state: a seed set only moves forward. */
export function isStaleSeedSet(known: SeedSetVersion, incoming: SeedSetVersion): boolean {
  return STAGES[incoming.status] < STAGES[known.status];
}

export interface SeedSetVersion {
  readonly status: SeedSetStatus;
}

const STAGES: Readonly<Record<SeedSetStatus, number>> = {
  UPLOADING: 0,
  CHECKING: 1,
  GENERATING: 1,
  READY: 2,
  REFUSED: 2,
};
