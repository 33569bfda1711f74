/**
 * The states from which a person can take each action. A subset of `TRANSITIONS` in core/job/job.ts, spelled out because
 * conditions need a list; a test keeps the two in sync. A job at BUDGET_EXCEEDED is deleted rather than canceled: its
 * dataset is already published, and nothing of it runs.
 */
export const PAUSABLE = ["QUEUED", "RUNNING"];
export const CANCELLABLE = ["QUEUED", "RUNNING", "PAUSED"];
export const RESUMABLE = ["PAUSED", "BUDGET_EXCEEDED"];
/** Running and waiting jobs keep their status, those at rest resume. */
export const EXTENDABLE = ["QUEUED", "RUNNING", "PAUSED", "COMPLETED", "BUDGET_EXCEEDED"];
export const RETRIABLE = ["COMPLETED", "BUDGET_EXCEEDED", "FAILED"];
/** These all keep their status: a job at its budget rests until it is resumed. */
export const RAISABLE = ["QUEUED", "RUNNING", "PAUSED", "BUDGET_EXCEEDED"];
export const PRIORITIZABLE = ["QUEUED", "RUNNING", "PAUSED", "EXPORTING"];
export const DELETABLE = ["COMPLETED", "BUDGET_EXCEEDED", "CANCELLED", "FAILED"];
