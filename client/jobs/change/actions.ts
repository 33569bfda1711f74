import { TRANSITIONS } from "#core/job/job";
import type { JobStatus } from "../../generated/documents.ts";

/** What a person can do with a job as it stands; `failed` records can be tried again. */
export function actionsFor(status: JobStatus, failed: number) {
  const isResting = TRANSITIONS[status].includes("DELETING");
  return {
    canPause: TRANSITIONS[status].includes("PAUSED"),
    canResume: status === "PAUSED" || status === "BUDGET_EXCEEDED",
    canChange: status === "QUEUED" || status === "RUNNING" || status === "PAUSED",
    canExtend: status === "COMPLETED" || status === "BUDGET_EXCEEDED",
    // One that has failed goes on with all that it never came to, whether or not a record failed.
    canRetry: status === "FAILED" || (failed > 0 && (status === "COMPLETED" || status === "BUDGET_EXCEEDED")),
    canCancel: TRANSITIONS[status].includes("EXPORTING"),
    canDelete: isResting,
  };
}
