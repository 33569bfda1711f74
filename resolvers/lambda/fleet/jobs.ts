/** Reads jobs for the dispatcher: finds them by index, and reads the base rows to decide on. */
import { BatchGetCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { jobsToConsider, type OpenJob } from "../../../core/fleet/fleet.ts";
import { exportKey, jobKey, JOBS_OPEN, OPEN, shardKey } from "../../../core/keys.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import type { ShardRow } from "../../../core/shard/shard-row.ts";
import { documentClient, setting } from "../clients.ts";

const BATCH = 100;

export async function readJob(jobId: string): Promise<JobRow | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.jobsTable), Key: jobKey(jobId), ConsistentRead: true }),
  );
  return Item as JobRow | undefined;
}

/** The waiting, running and deleted jobs that may matter now. @param alsoJobId one that may not be in the index yet */
export async function readOpenJobs(alsoJobId?: string): Promise<JobRow[]> {
  const open: OpenJob[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documentClient().send(
      new QueryCommand({
        TableName: setting(ENVIRONMENT.jobsTable),
        IndexName: JOBS_OPEN,
        KeyConditionExpression: "openKey = :open",
        ExpressionAttributeValues: { ":open": OPEN },
        ExclusiveStartKey,
      }),
    );
    open.push(...((page.Items ?? []) as OpenJob[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  const ids = new Set([...jobsToConsider(open), ...(alsoJobId === undefined ? [] : [alsoJobId])]);
  return (await readAll([...ids].map((jobId) => jobKey(jobId)))) as unknown as JobRow[];
}

/** A job's existing shards, including the export's. */
export async function readShards(job: JobRow): Promise<ShardRow[]> {
  const keys = Array.from({ length: job.shardCount }, (_, shardNo) => shardKey(job.jobId, shardNo));
  return (await readAll([...keys, exportKey(job.jobId)])) as unknown as ShardRow[];
}

async function readAll(keys: readonly { pk: string; sk: string }[]): Promise<Record<string, unknown>[]> {
  const table = setting(ENVIRONMENT.jobsTable);
  const rows: Record<string, unknown>[] = [];
  let left: Record<string, unknown>[] = [...keys];
  while (left.length > 0) {
    const answer = await documentClient().send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: left.slice(0, BATCH), ConsistentRead: true } } }),
    );
    rows.push(...(answer.Responses?.[table] ?? []));
    left = [...(answer.UnprocessedKeys?.[table]?.Keys ?? []), ...left.slice(BATCH)];
  }
  return rows;
}
