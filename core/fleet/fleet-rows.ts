/** The rows of the fleet table. */
import type { FLEET, WAITING } from "../keys.ts";

export interface TaskRow {
  pk: typeof FLEET;
  sk: string;
  taskSlot: string;
  jobId: string;
  owner: string;
  /** Absent until RunTask has responded. */
  taskArn?: string;
  capacityProvider: "FARGATE_SPOT" | "FARGATE";
  createdAtMs: number;
}

/** How many tasks run overall. */
export interface CounterRow {
  pk: "COUNT";
  sk: "OVERALL";
  running: number;
}

/** An owner's tasks, and whether a job of theirs may be able to use another one. Only the dispatcher writes it. */
export interface OwnerRow {
  pk: "COUNT";
  sk: string;
  owner: string;
  /** How many of their tasks run. */
  running: number;
  /** Incremented by every write: a task starts only if nothing has changed since it was decided. */
  version: number;
  /** When a job of theirs was last opened or changed. Until the index has it for certain, they stay listed. */
  changedAtMs?: number;
  /** The next three only while listed. */
  waitingKey?: typeof WAITING;
  /** The tasks and `waitingSince`: who has least is first, then who has waited longest. */
  waitingOrder?: string;
  /** No job of theirs that can use another task has an older id; empty when none is known. */
  waitingSince?: string;
}

/** How far the sweep has checked the queue. */
export interface QueueCheckRow {
  pk: "CHECK";
  sk: "QUEUE";
  /** The last entry checked; absent when the next is the first. */
  after?: Record<string, string>;
}

/** How many consecutive times Spot had no capacity, and when last. */
export interface SpotRow {
  pk: "CAPACITY";
  sk: "SPOT";
  shortages: number;
  lastShortageAtMs: number;
}
