/** The queue: finds jobs by index, and puts them there. */
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import { isAtRest } from "../../../core/job/job.ts";
import { jobKey, JOBS_QUEUE, ownerQueue, queueOrder } from "../../../core/keys.ts";
import { documentClient, setting } from "../clients.ts";
import type { Owner } from "./ownerRow.ts";
import { listOwner } from "./owners.ts";
import { jobIdOf, type QueueEntry, type ReadQueue } from "./ownersJobs.ts";

/** The jobs of a list, in its order. */
export async function listJobs(queueKey: string, limit: number): Promise<string[]> {
  return (await readQueue(queueKey, limit)).entries.map(jobIdOf);
}

export const readQueue: ReadQueue = async (queueKey, limit, range) => {
  const { Items, LastEvaluatedKey } = await documentClient().send(
    new QueryCommand({
      TableName: setting(ENVIRONMENT.jobsTable),
      IndexName: JOBS_QUEUE,
      KeyConditionExpression: `queueKey = :list${range ? " AND queueOrder BETWEEN :from AND :to" : ""}`,
      ExpressionAttributeValues: { ":list": queueKey, ...(range && { ":from": range[0], ":to": range[1] }) },
      Limit: limit,
    }),
  );
  return { entries: (Items ?? []) as QueueEntry[], isLast: !LastEvaluatedKey };
};

/**
 * Lists the owner of an open job as waiting, then puts the job into their queue: if this is interrupted, the job is still among
 * the new ones, where the sweep finds it.
 * @returns the owner's row; `undefined` for a job at rest
 */
export async function enqueue(job: JobRow): Promise<Owner | undefined> {
  if (isAtRest(job.status)) return undefined;
  const owner = await listOwner(job.owner, job.jobId, Date.now());
  if (job.queueKey !== ownerQueue(job.owner)) await moveToQueue(job);
  return owner;
}

async function moveToQueue({ jobId, owner, priority }: JobRow): Promise<void> {
  await documentClient()
    .send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.jobsTable),
        Key: jobKey(jobId),
        UpdateExpression: "SET queueKey = :queue, queueOrder = if_not_exists(queueOrder, :order)",
        ConditionExpression: "#status IN (:queued, :running, :exporting)",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":queue": ownerQueue(owner),
          // Jobs that predate the queue have none; those that have one keep it up to date with their priority.
          ":order": queueOrder(priority, jobId),
          ":queued": "QUEUED",
          ":running": "RUNNING",
          ":exporting": "EXPORTING",
        },
      }),
    )
    .catch((error: Error) => {
      // It has come to rest in the meantime.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
}
