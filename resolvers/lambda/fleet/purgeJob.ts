/** Removes a DELETING job once no worker is active: objects first, then rows, its own row last. */
import { DeleteCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { budgetKey, exportKey, jobKey, jobTemplateKey, latestKey, shardKey, tokenKey } from "../../../core/keys.ts";
import { datasetsPrefix, partsPrefix, snapshotsPrefix } from "../../../core/bucket.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { documentClient, setting } from "../clients.ts";
import { purge } from "../purge.ts";
import { readShards } from "./jobs.ts";

/** Can be interrupted and restarted at any time: as long as the job's row exists, the sweep finds it. */
export async function purgeJob(job: JobRow, tasks: readonly TaskRow[], nowMs: number): Promise<void> {
  if (tasks.some(({ jobId }) => jobId === job.jobId)) return;
  if ((await readShards(job)).some(({ leaseUntilMs }) => leaseUntilMs > nowMs)) return;
  await purge(partsPrefix(job.jobId));
  await purge(datasetsPrefix(job.jobId));
  await purge(snapshotsPrefix(job.jobId));
  const shards = Array.from({ length: job.shardCount }, (_, shardNo) => shardKey(job.jobId, shardNo));
  const rest = [
    exportKey(job.jobId),
    jobTemplateKey(job.jobId),
    latestKey(job.jobId),
    ...ownBudget(job),
    ...(await ownToken(job)),
  ];
  await Promise.all([...shards, ...rest].map((key) => removeRow(key)));
  await removeRow(jobKey(job.jobId));
}

/** A budget with another id is shared with other jobs. */
function ownBudget(job: JobRow) {
  return job.budgetId === job.jobId ? [budgetKey(job.budgetId)] : [];
}

/** The token's row, if it still refers to this job. */
async function ownToken(job: JobRow) {
  const Key = tokenKey(job.owner, job.clientToken);
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.jobsTable), Key, ConsistentRead: true }),
  );
  return Item?.jobId === job.jobId ? [Key] : [];
}

async function removeRow(Key: { pk: string; sk: string }): Promise<void> {
  await documentClient().send(new DeleteCommand({ TableName: setting(ENVIRONMENT.jobsTable), Key }));
}
