/** Where a dataset lies, as people are told. */
import { runtime, util } from "@aws-appsync/utils";
import {
  DAYS_BEFORE_ARCHIVE,
  NOT_ARCHIVED,
  RESTORE_REQUEST_TIMEOUT_SECONDS,
  type ArchiveStatus,
} from "../../core/dataset/archive.ts";
import type { ArchiveRow, JobRow } from "../../core/job/job-row.ts";
import type { DatasetArchive } from "../generated/schema.ts";
import { call } from "./lambda.ts";

const DAY_MS = 86_400_000;

/** A dataset too young for the archive needs no look at it. Its files may be a day older than the end of its job. */
export function lookIntoArchive(job: JobRow) {
  const endedMs = util.time.parseISO8601ToEpochMilliSeconds(job.finishedAt ?? job.createdAt);
  const ageMs = util.time.nowEpochMilliSeconds() - endedMs;
  if (ageMs < (DAYS_BEFORE_ARCHIVE - 1) * DAY_MS) runtime.earlyReturn(NOT_ARCHIVED, { skipTo: "NEXT" });
  return call({ prefix: job.datasetPrefix });
}

/** What S3 says, except that a wish counts from its first moment, before the function has come to ask S3. */
export function toDatasetArchive(row: JobRow, found: ArchiveStatus): DatasetArchive {
  const nowMs = util.time.nowEpochMilliSeconds();
  const wish = wishOf(row);
  const isBeginning = found.state === "ARCHIVED" && wish !== null && isFresh(wish, nowMs);
  const state = isBeginning ? "RESTORING" : found.state;
  return {
    jobId: row.jobId,
    state,
    archiveClass: found.archiveClass ?? null,
    requestedAt: state === "RESTORING" || state === "RESTORED" ? (wish?.requestedAt ?? null) : null,
    restoredUntil: found.restoredUntil ?? null,
    observedAt: util.time.epochMilliSecondsToISO8601(nowMs),
  };
}

/** What the job remembers of a restoration of the dataset it has now; null when there was none. */
export function rememberedArchive(row: JobRow): DatasetArchive | null {
  const wish = wishOf(row);
  if (!wish) return null;
  return {
    jobId: row.jobId,
    state: wish.state,
    archiveClass: wish.archiveClass,
    requestedAt: wish.state === "ARCHIVED" ? null : wish.requestedAt,
    restoredUntil: wish.restoredUntil ?? null,
    observedAt: wish.observedAt,
  };
}

function wishOf(row: JobRow): ArchiveRow | null {
  return row.archive && row.archive.prefix === row.datasetPrefix ? row.archive : null;
}

function isFresh(wish: ArchiveRow, nowMs: number): boolean {
  const askedMs = util.time.parseISO8601ToEpochMilliSeconds(wish.requestedAt);
  return wish.state === "RESTORING" && nowMs - askedMs < RESTORE_REQUEST_TIMEOUT_SECONDS * 1000;
}
