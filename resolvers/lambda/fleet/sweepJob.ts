/** Removes what a published dataset has made superfluous: parts that were folded into it, and datasets before it. */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { isAtRest } from "../../../core/job/job.ts";
import { isOrphan } from "../../../core/job/orphans.ts";
import { datasetsPrefix, partsPrefix } from "../../../core/bucket.ts";
import { jobKey } from "../../../core/keys.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import { documentClient, setting } from "../clients.ts";
import { purgeSome } from "../purge.ts";
import { readJob, readShards } from "./jobs.ts";

/**
 * Removes only what nothing names and nothing ever will, so the job may go on meanwhile. Can be cut off at any moment and
 * begun again: as long as the row has its mark, the sweep finds it.
 */
export async function sweepJob(jobId: string): Promise<void> {
  // The job before its shards, as isOrphan wants it.
  const job = await readJob(jobId);
  // One to be deleted keeps its open key until all of it is gone.
  if (!job || job.sweepGeneration === undefined || job.status === "DELETING") return;
  const rows = { job, shards: await readShards(job) };
  for (const prefix of [partsPrefix(jobId), datasetsPrefix(jobId)])
    await purgeSome(prefix, (name) => isOrphan(name, rows));
  await unmark(job);
}

/** A job that goes on stays open, and one that was published again meanwhile keeps its mark. */
async function unmark({ jobId, sweepGeneration, status, controlNo }: JobRow): Promise<void> {
  await documentClient()
    .send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.jobsTable),
        Key: jobKey(jobId),
        UpdateExpression: isAtRest(status) ? "REMOVE sweepGeneration, openKey" : "REMOVE sweepGeneration",
        ConditionExpression: "sweepGeneration = :swept AND #status = :status AND controlNo = :controlNo",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":swept": sweepGeneration, ":status": status, ":controlNo": controlNo },
      }),
    )
    .catch((error: Error) => {
      // It moved while it was swept: the next sweep looks again.
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });
}
