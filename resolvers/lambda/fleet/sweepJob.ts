/** Removes what a published dataset has made obsolete: parts compacted into it, and earlier datasets. */
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
 * Removes only what nothing references and nothing ever will, so the job may resume in the meantime. Can be interrupted and
 * restarted at any time: as long as the row is marked, the sweep finds it.
 */
export async function sweepJob(jobId: string): Promise<void> {
  // Reads the job before its shards, as isOrphan requires.
  const job = await readJob(jobId);
  // A DELETING job stays among those with leftovers until all of it is gone.
  if (!job || job.sweepGeneration === undefined || job.status === "DELETING") return;
  const rows = { job, shards: await readShards(job) };
  for (const prefix of [partsPrefix(jobId), datasetsPrefix(jobId)])
    await purgeSome(prefix, (name) => isOrphan(name, rows));
  await clearSweepMark(job);
}

/** A resumed job stays open, and one that was published again in the meantime keeps its mark. */
async function clearSweepMark({ jobId, sweepGeneration, status, controlNo }: JobRow): Promise<void> {
  await documentClient()
    .send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.jobsTable),
        Key: jobKey(jobId),
        UpdateExpression: isAtRest(status) ? "REMOVE sweepGeneration, queueKey" : "REMOVE sweepGeneration",
        ConditionExpression: "sweepGeneration = :swept AND #status = :status AND controlNo = :controlNo",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":swept": sweepGeneration, ":status": status, ":controlNo": controlNo },
      }),
    )
    .catch((error: Error) => {
      // It changed during the sweep: the next one checks again.
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });
}
