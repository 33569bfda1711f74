import type { JobStatus } from "../generated/documents.ts";

/** The word for a state, on badges and filters. */
export const STATUS_WORDS: Readonly<Record<JobStatus, string>> = {
  QUEUED: "Queued",
  RUNNING: "Running",
  PAUSED: "Paused",
  EXPORTING: "Exporting",
  COMPLETED: "Completed",
  BUDGET_EXCEEDED: "Budget reached",
  CANCELLED: "Cancelled",
  FAILED: "Failed",
  DELETING: "Deleting",
};

/** One sentence on where a job stands and what comes next. */
export function statusSentence(job: { readonly status: JobStatus; readonly outcome: JobStatus | null }): string {
  if (job.status === "EXPORTING") return EXPORT_SENTENCES[job.outcome ?? "COMPLETED"] ?? EXPORT_SENTENCES.COMPLETED!;
  return SENTENCES[job.status];
}

const SENTENCES: Readonly<Record<Exclude<JobStatus, "EXPORTING">, string>> = {
  QUEUED: "Waiting for a free worker. It starts by itself.",
  RUNNING: "Records are being made. You can leave this page; the job goes on.",
  PAUSED: "Paused. Calls on their way are still waited for and paid; then nothing is spent until you resume.",
  COMPLETED: "Every record asked for was made or set aside, and the dataset is written.",
  BUDGET_EXCEEDED: "The next record could have cost more than was left, so the job stopped. Raise the budget to go on.",
  CANCELLED: "Cancelled. What was made until then is in the dataset.",
  FAILED: "The job could not go on. What was made until then is in the dataset.",
  DELETING: "Being deleted with its datasets.",
};

const EXPORT_SENTENCES: Partial<Record<JobStatus, string>> = {
  COMPLETED: "All records are made. The dataset is being written.",
  BUDGET_EXCEEDED: "The budget is reached. What was made is being written as a dataset.",
  CANCELLED: "Cancelled. What was made is being written as a dataset.",
  FAILED: "The job could not go on. What was made is being written as a dataset.",
};
