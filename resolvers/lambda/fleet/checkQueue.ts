/**
 * The sweep over the queue: puts jobs there that the dispatcher was not told of, and checks a piece of it each time. A job in the
 * queue whose owner has neither a task nor a place in the list would wait forever; nothing known leads to one.
 */
import { GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import type { QueueCheckRow } from "../../../core/fleet/fleet-rows.ts";
import { isAtRest } from "../../../core/job/job.ts";
import { JOBS_QUEUE, NEW_JOBS, ownerQueue, queueCheckKey } from "../../../core/keys.ts";
import { logger } from "../lambdaHandler.ts";
import { documentClient, setting } from "../clients.ts";
import { readJob, readJobs } from "./jobs.ts";
import { listOwner, readOwner } from "./owners.ts";
import { jobIdOf, type QueueEntry } from "./ownersJobs.ts";
import { enqueue, listJobs } from "./queue.ts";

const NEW_JOBS_PER_SWEEP = 100;
const CHECKS_PER_SWEEP = 100;

export async function checkQueue(): Promise<void> {
  for (const job of await readJobs(await listJobs(NEW_JOBS, NEW_JOBS_PER_SWEEP)))
    await enqueue(job).catch((error: Error) =>
      logger.error("Failed to put a job into the queue", { error, jobId: job.jobId }),
    );
  const { entries, after } = await readPiece(await readCheck());
  const oldest = new Map<string, string>();
  for (const entry of entries) {
    const jobId = jobIdOf(entry);
    if (entry.queueKey.startsWith(OWNERS) && jobId < (oldest.get(entry.queueKey) ?? "~"))
      oldest.set(entry.queueKey, jobId);
  }
  await Promise.all([...oldest].map(([queueKey, jobId]) => relist(queueKey.slice(OWNERS.length), jobId)));
  await writeCheck(after);
}

const OWNERS = ownerQueue("");

/** An owner with tasks need not be listed: theirs may be all that their jobs can use, and the sweep looks at them anyway. */
async function relist(owner: string, jobId: string): Promise<void> {
  const { running, waitingSince } = await readOwner(owner);
  if (running > 0 || waitingSince !== undefined) return;
  const job = await readJob(jobId);
  if (!job || isAtRest(job.status)) return;
  logger.warn("An owner with a waiting job was not listed", { owner, jobId });
  await listOwner(owner, jobId, Date.now());
}

async function readPiece(from: QueueCheckRow["after"]) {
  const { Items, LastEvaluatedKey } = await documentClient().send(
    new ScanCommand({
      TableName: setting(ENVIRONMENT.jobsTable),
      IndexName: JOBS_QUEUE,
      ExclusiveStartKey: from,
      Limit: CHECKS_PER_SWEEP,
    }),
  );
  return { entries: (Items ?? []) as QueueEntry[], after: LastEvaluatedKey as QueueCheckRow["after"] };
}

async function readCheck(): Promise<QueueCheckRow["after"]> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.fleetTable), Key: queueCheckKey() }),
  );
  return (Item as QueueCheckRow | undefined)?.after;
}

async function writeCheck(after: QueueCheckRow["after"]): Promise<void> {
  const row: QueueCheckRow = { ...queueCheckKey(), ...(after && { after }) };
  await documentClient().send(new PutCommand({ TableName: setting(ENVIRONMENT.fleetTable), Item: row }));
}
