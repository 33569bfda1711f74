/** What a change of an owner's row comes to. */
import type { OwnerRow } from "../../../core/fleet/fleet-rows.ts";

/** What decisions need of an owner's row. Rows that predate versions, and rows that do not exist yet, have none. */
export type Owner = Pick<OwnerRow, "owner" | "running" | "changedAtMs" | "waitingSince"> & {
  readonly version?: number;
};

export type ListKey = Record<string, unknown>;

/** A page of the list of waiting owners; `end` is absent on the last. */
export interface ListedOwners {
  readonly owners: readonly Owner[];
  readonly end?: ListKey;
}

export interface OwnerChange {
  readonly running: number;
  /** Absent: no longer listed. */
  readonly since?: string;
  /** A job was opened or changed. */
  readonly changedAtMs?: number;
}

/** The row as that update leaves it. */
export function ownerAfter(seen: Owner, { running, since, changedAtMs = seen.changedAtMs }: OwnerChange): Owner {
  return { owner: seen.owner, running, version: (seen.version ?? 0) + 1, changedAtMs, waitingSince: since };
}

/** The lower bound for what waited since `since` and a job. */
export function earlier(since: string | undefined, jobId: string): string {
  return since !== undefined && since < jobId ? since : jobId;
}
