/**
 * Restores an archived dataset. The mutation requests it, and S3 reports each object that is restored or has expired; once
 * all are, the job's row is updated and its watchers are notified.
 */
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { EventBridgeEvent } from "aws-lambda";
import { reconcileArchiveState, type ArchiveStatus } from "../../core/dataset/archive.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { REPORT_PROGRESS } from "../../core/reports.ts";
import { jobKey } from "../../core/keys.ts";
import { jobOfDatasetObject } from "../../core/bucket.ts";
import type { ArchiveRow } from "../../core/job/job-row.ts";
import { logger } from "./lambdaHandler.ts";
import { restoreAll } from "./archive/restoreAll.ts";
import { archiveStatus } from "./archive/archiveStatus.ts";
import { callApi } from "./callApi.ts";
import { documentClient, setting } from "./clients.ts";
import { readJob } from "./fleet/jobs.ts";

export type RestoreEvent =
  | { readonly jobId: string }
  | EventBridgeEvent<"Object Restore Completed" | "Object Restore Expired", { object: { key: string } }>;

export async function handler(event: RestoreEvent): Promise<void> {
  if ("jobId" in event) await restoreRequested(event.jobId);
  else await objectChanged(event.detail.object.key);
}

async function restoreRequested(jobId: string): Promise<void> {
  const archive = await readArchive(jobId);
  if (!archive) return;
  await notifyWatchers(jobId);
  await restoreAll(archive.prefix);
  // All of it may already be restored.
  await refreshStatus(jobId, archive);
}

async function objectChanged(key: string): Promise<void> {
  const jobId = jobOfDatasetObject(key);
  const archive = await readArchive(jobId);
  if (archive && key.startsWith(archive.prefix)) await refreshStatus(jobId, archive);
}

/** The stored archive state of the job's current dataset. */
async function readArchive(jobId: string): Promise<ArchiveRow | undefined> {
  const job = await readJob(jobId);
  return job && job.status !== "DELETING" && job.archive?.prefix === job.datasetPrefix ? job.archive : undefined;
}

async function refreshStatus(jobId: string, archive: ArchiveRow): Promise<void> {
  const found = await archiveStatus(archive.prefix);
  const step = reconcileArchiveState(archive.state, found.state);
  if (step === "restoreRest") await restoreAll(archive.prefix);
  else if (step !== "unchanged" && (await write(jobId, archive, { ...found, state: step })))
    await notifyWatchers(jobId);
}

/** Whether this call wrote it: the last objects may be restored at the same time. */
async function write(jobId: string, known: ArchiveRow, found: ArchiveStatus): Promise<boolean> {
  const { prefix, archiveClass, requestedAt } = known;
  const { state, restoredUntil } = found;
  const archive = { prefix, state, archiveClass, requestedAt, restoredUntil, observedAt: new Date().toISOString() };
  try {
    await documentClient().send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.jobsTable),
        Key: jobKey(jobId),
        ConditionExpression: "#archive.#prefix = :prefix AND #archive.#state = :known",
        UpdateExpression: "SET #archive = :archive",
        ExpressionAttributeNames: { "#archive": "archive", "#prefix": "prefix", "#state": "state" },
        ExpressionAttributeValues: { ":prefix": prefix, ":known": known.state, ":archive": archive },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** A lost message does no harm: the page queries S3 whenever it is opened. */
async function notifyWatchers(jobId: string): Promise<void> {
  await callApi(REPORT_PROGRESS, { input: { jobId } }).catch((error: Error) =>
    logger.warn("Failed to notify watchers", { jobId, error }),
  );
}
