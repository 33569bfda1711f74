import { MOVES } from "#core/job";
import type { JobStatus } from "../generated/documents.ts";

/** What a person can do with a job as it stands. */
export function actionsFor(status: JobStatus) {
  const isResting = MOVES[status].includes("DELETING");
  return {
    canPause: MOVES[status].includes("PAUSED"),
    canResume: status === "PAUSED" || status === "BUDGET_EXCEEDED",
    canCancel: MOVES[status].includes("EXPORTING"),
    canDelete: isResting,
  };
}
