/**
 * Brings an archived dataset back. It hears of the wish from the mutation, and from S3 of each object that is back, or gone
 * again; once all are, the job's row says so and its watchers are told.
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
import { stateOf } from "./archive/archiveStatus.ts";
import { callApi } from "./callApi.ts";
import { documentClient, setting } from "./clients.ts";
import { readJob } from "./fleet/jobs.ts";

export type RestoreEvent =
  | { readonly jobId: string }
  | EventBridgeEvent<"Object Restore Completed" | "Object Restore Expired", { object: { key: string } }>;

export async function handler(event: RestoreEvent): Promise<void> {
  if ("jobId" in event) await wished(event.jobId);
  else await objectChanged(event.detail.object.key);
}

async function wished(jobId: string): Promise<void> {
  const archive = await readArchive(jobId);
  if (!archive) return;
  await notifyWatchers(jobId);
  await restoreAll(archive.prefix);
  // All of it may be back by now.
  await look(jobId, archive);
}

async function objectChanged(key: string): Promise<void> {
  const jobId = jobOfDatasetObject(key);
  const archive = await readArchive(jobId);
  if (archive && key.startsWith(archive.prefix)) await look(jobId, archive);
}

/** What the job remembers of the dataset it has now. */
async function readArchive(jobId: string): Promise<ArchiveRow | undefined> {
  const job = await readJob(jobId);
  return job && job.status !== "DELETING" && job.archive?.prefix === job.datasetPrefix ? job.archive : undefined;
}

async function look(jobId: string, archive: ArchiveRow): Promise<void> {
  const found = await stateOf(archive.prefix);
  const step = reconcileArchiveState(archive.state, found.state);
  if (step === "restoreRest") await restoreAll(archive.prefix);
  else if (step !== "unchanged" && (await write(jobId, archive, { ...found, state: step }))) await notifyWatchers(jobId);
}

/** Whether this was the one that wrote it: the last objects may come back at the same moment. */
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

/** A lost message is made up for when the page is opened again: it asks S3. */
async function notifyWatchers(jobId: string): Promise<void> {
  await callApi(REPORT_PROGRESS, { input: { jobId } }).catch((error: Error) =>
    logger.warn("Watchers were not told", { jobId, error }),
  );
}
