import type { SeedSetStatus } from "../generated/documents.ts";

/** Whether `news` of a seed set tells an earlier state than the known one: it only ever moves on. */
export function isOldSeedSet(known: SeedSetMark, news: SeedSetMark): boolean {
  return STAGES[news.status] < STAGES[known.status];
}

export interface SeedSetMark {
  readonly status: SeedSetStatus;
}

const STAGES: Readonly<Record<SeedSetStatus, number>> = {
  UPLOADING: 0,
  CHECKING: 1,
  GENERATING: 1,
  READY: 2,
  REFUSED: 2,
};
