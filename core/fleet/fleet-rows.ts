/** The rows of the fleet table. */
import type { FLEET } from "../keys.ts";

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

/** How many tasks run, for one owner or overall. */
export interface CounterRow {
  pk: "COUNT";
  sk: string;
  running: number;
}

/** How many consecutive times Spot had no capacity, and when last. */
export interface SpotRow {
  pk: "CAPACITY";
  sk: "SPOT";
  shortages: number;
  lastShortageAtMs: number;
}
