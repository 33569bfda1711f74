import { TRANSITIONS } from "#core/job/job";
import type { JobStatus } from "../../generated/documents.ts";

/** What a user can do with a job in its current status; `failed` records can be retried. */
export function actionsFor(status: JobStatus, failed: number) {
  const isResting = TRANSITIONS[status].includes("DELETING");
  return {
    canPause: TRANSITIONS[status].includes("PAUSED"),
    canResume: status === "PAUSED" || status === "BUDGET_EXCEEDED",
    canChange: status === "QUEUED" || status === "RUNNING" || status === "PAUSED",
    canExtend: status === "COMPLETED" || status === "BUDGET_EXCEEDED",
    // A failed job continues with the records it had not started, whether or not a record failed.
    canRetry: status === "FAILED" || (failed > 0 && (status === "COMPLETED" || status === "BUDGET_EXCEEDED")),
    canCancel: TRANSITIONS[status].includes("EXPORTING"),
    canDelete: isResting,
  };
}
