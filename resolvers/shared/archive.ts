/** Whether a dataset is archived, as the API reports it. */
import { runtime, util } from "@aws-appsync/utils";
import {
  DAYS_BEFORE_ARCHIVE,
  NOT_ARCHIVED,
  RESTORE_REQUEST_TIMEOUT_SECONDS,
  type ArchiveStatus,
} from "../../core/dataset/archive.ts";
import type { ArchiveRow, JobRow } from "../../core/job/job-row.ts";
import type { DatasetArchive } from "../generated/schema.ts";
import { invoke } from "./lambda.ts";

const DAY_MS = 86_400_000;

/** Skips the check for a dataset too young to be archived. Its files may be a day older than the end of its job. */
export function readArchiveStatus(job: JobRow) {
  const endedMs = util.time.parseISO8601ToEpochMilliSeconds(job.finishedAt ?? job.createdAt);
  const ageMs = util.time.nowEpochMilliSeconds() - endedMs;
  if (ageMs < (DAYS_BEFORE_ARCHIVE - 1) * DAY_MS) runtime.earlyReturn(NOT_ARCHIVED, { skipTo: "NEXT" });
  return invoke({ prefix: job.datasetPrefix });
}

/** What S3 says, except that a restore request counts immediately, before the function has sent it to S3. */
export function toDatasetArchive(row: JobRow, found: ArchiveStatus): DatasetArchive {
  const nowMs = util.time.nowEpochMilliSeconds();
  const request = restoreRequestOf(row);
  const isStarting = found.state === "ARCHIVED" && request !== null && isRecent(request, nowMs);
  const state = isStarting ? "RESTORING" : found.state;
  return {
    jobId: row.jobId,
    state,
    archiveClass: found.archiveClass ?? null,
    requestedAt: state === "RESTORING" || state === "RESTORED" ? (request?.requestedAt ?? null) : null,
    restoredUntil: found.restoredUntil ?? null,
    observedAt: util.time.epochMilliSecondsToISO8601(nowMs),
  };
}

/** The stored restore request for the job's current dataset; null when there is none. */
export function storedArchive(row: JobRow): DatasetArchive | null {
  const request = restoreRequestOf(row);
  if (!request) return null;
  return {
    jobId: row.jobId,
    state: request.state,
    archiveClass: request.archiveClass,
    requestedAt: request.state === "ARCHIVED" ? null : request.requestedAt,
    restoredUntil: request.restoredUntil ?? null,
    observedAt: request.observedAt,
  };
}

function restoreRequestOf(row: JobRow): ArchiveRow | null {
  return row.archive && row.archive.prefix === row.datasetPrefix ? row.archive : null;
}

function isRecent(request: ArchiveRow, nowMs: number): boolean {
  const requestedMs = util.time.parseISO8601ToEpochMilliSeconds(request.requestedAt);
  return request.state === "RESTORING" && nowMs - requestedMs < RESTORE_REQUEST_TIMEOUT_SECONDS * 1000;
}
