/** The words on screen for what can be chosen for a job. */
import type { JobCapacity, JobPriority, TaskSize } from "../generated/documents.ts";

export const PRIORITY_WORDS: Readonly<Record<JobPriority, string>> = {
  HIGH: "High: before all others of mine",
  NORMAL: "Normal: in the order in which they were made",
  LOW: "Low: when no other of mine waits",
};

export const CAPACITY_WORDS: Readonly<Record<JobCapacity, string>> = {
  SPOT_FIRST: "Spot first: cheap, and the full price where there is none",
  ON_DEMAND: "On demand: never interrupted, at the full price",
};

export const TASK_SIZE_WORDS: Readonly<Record<TaskSize, string>> = {
  SMALL: "Small: half a processor, 1 GB",
  MEDIUM: "Medium: one processor, 2 GB",
  LARGE: "Large: two processors, 4 GB",
};

/** What stands before the colon, for lists of facts. */
export function inShort(words: string): string {
  return words.split(":")[0] ?? words;
}
