import type { JobStatus } from "../generated/documents.ts";

/** A job's status in one sentence, and what comes next. @param delivered the records generated so far */
export function statusMessage(
  job: { readonly status: JobStatus; readonly outcome: JobStatus | null },
  delivered: number,
): string {
  if (delivered === 0 && EMPTY_MESSAGES[job.status]) return EMPTY_MESSAGES[job.status]!;
  if (job.status === "EXPORTING") return EXPORT_MESSAGES[job.outcome ?? "COMPLETED"] ?? EXPORT_MESSAGES.COMPLETED!;
  return MESSAGES[job.status];
}

const MESSAGES: Readonly<Record<Exclude<JobStatus, "EXPORTING">, string>> = {
  QUEUED: "Waiting for a worker. Starts automatically.",
  RUNNING: "Generating records. You can leave this page; the job keeps running.",
  PAUSED: "Paused. Calls in flight still complete and are paid for; after that, nothing is spent until you resume.",
  COMPLETED: "All records are done, and the dataset is ready.",
  BUDGET_EXCEEDED:
    "Stopped: the next record could have cost more than the remaining budget. Raise the budget to continue.",
  CANCELLED: "Canceled. The dataset has the records generated so far.",
  FAILED: "Failed. The dataset has the records generated so far.",
  DELETING: "Deleting the job and its datasets.",
};

/** Of jobs that ended without a record. */
const EMPTY_MESSAGES: Partial<Record<JobStatus, string>> = {
  CANCELLED: "Canceled before any record was generated.",
  FAILED: "Failed: no records were generated.",
};

const EXPORT_MESSAGES: Partial<Record<JobStatus, string>> = {
  COMPLETED: "All records are generated. Exporting the dataset.",
  BUDGET_EXCEEDED: "Budget reached. Exporting the records generated so far.",
  CANCELLED: "Canceled. Exporting the records generated so far.",
  FAILED: "Failed. Exporting the records generated so far.",
};
