/** The labels on screen for a job's states and options. */
import type { DatasetFormat, JobCapacity, JobPriority, JobStatus, TaskSize } from "../generated/documents.ts";

export const PRIORITY_LABELS: Readonly<Record<JobPriority, string>> = {
  HIGH: "High: before all your other jobs",
  NORMAL: "Normal: in the order of creation",
  LOW: "Low: when none of your other jobs is waiting",
};

export const CAPACITY_LABELS: Readonly<Record<JobCapacity, string>> = {
  SPOT_FIRST: "Spot first: discounted, falls back to on demand",
  ON_DEMAND: "On demand: never interrupted, full price",
};

export const TASK_SIZE_LABELS: Readonly<Record<TaskSize, string>> = {
  SMALL: "Small",
  MEDIUM: "Medium",
  LARGE: "Large",
};

export const STATUS_LABELS: Readonly<Record<JobStatus, string>> = {
  QUEUED: "Queued",
  RUNNING: "Running",
  PAUSED: "Paused",
  EXPORTING: "Exporting",
  COMPLETED: "Completed",
  BUDGET_EXCEEDED: "Budget reached",
  CANCELLED: "Canceled",
  FAILED: "Failed",
  DELETING: "Deleting",
};

export const FORMAT_LABELS: Readonly<Record<DatasetFormat, string>> = {
  JSONL: "JSONL",
  JSONL_GZ: "JSONL (gzip)",
  CSV: "CSV",
  CSV_EXCEL: "CSV for Excel",
  PARQUET: "Parquet",
  MESSAGES: "OpenAI messages",
  SHAREGPT: "ShareGPT",
  ALPACA: "Alpaca",
  PREFERENCE: "Preference pairs",
  PROMPT_COMPLETION: "Prompt and completion",
  BEDROCK: "Bedrock (Amazon Nova)",
};

/** The part before the colon, for summaries. */
export function shortLabel(label: string): string {
  return label.split(":")[0] ?? label;
}
