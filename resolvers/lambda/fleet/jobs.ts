/** Reads jobs and shards for the dispatcher: the base rows, to decide on. */
import { BatchGetCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { exportKey, jobKey, shardKey } from "../../../core/keys.ts";
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

/** The jobs that exist, from their base rows, in no order. */
export async function readJobs(jobIds: readonly string[]): Promise<JobRow[]> {
  return (await readAll(jobIds.map((jobId) => jobKey(jobId)))) as unknown as JobRow[];
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
