import type { SeedSetStatus } from "../generated/documents.ts";

/** Whether `news` of a seed set tells an earlier state than the known one: it only ever moves on. */
export function isStaleSeedSet(known: SeedSetVersion, news: SeedSetVersion): boolean {
  return STAGES[news.status] < STAGES[known.status];
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
