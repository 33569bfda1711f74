/**
 * The states a person may move a job out of, by what they ask for. A part of `MOVES` in core/job/job.ts, written out because
 * conditions need a list; a test holds the two together. A job at BUDGET_EXCEEDED is not cancelled but deleted: its
 * dataset is published already, and nothing of it runs.
 */
export const PAUSABLE = ["QUEUED", "RUNNING"];
export const CANCELLABLE = ["QUEUED", "RUNNING", "PAUSED"];
export const RESUMABLE = ["PAUSED", "BUDGET_EXCEEDED"];
/** Those that run or wait stay where they are, those at rest go on. */
export const EXTENDABLE = ["QUEUED", "RUNNING", "PAUSED", "COMPLETED", "BUDGET_EXCEEDED"];
export const RETRIABLE = ["COMPLETED", "BUDGET_EXCEEDED", "FAILED"];
/** None of these moves: a raise at the budget leaves the job at rest until it is resumed. */
export const RAISABLE = ["QUEUED", "RUNNING", "PAUSED", "BUDGET_EXCEEDED"];
export const PRIORITIZABLE = ["QUEUED", "RUNNING", "PAUSED", "EXPORTING"];
export const DELETABLE = ["COMPLETED", "BUDGET_EXCEEDED", "CANCELLED", "FAILED"];
