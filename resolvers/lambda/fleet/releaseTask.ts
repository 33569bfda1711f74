/** Cleans up after a stopped task: ends its leases and releases its slot. */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { afterSpotShortage, lackedCapacity, mayRestartImmediately, type TaskEnd } from "../../../core/fleet/fleet.ts";
import type { ShardRow } from "../../../core/shard/shard-row.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { logger } from "../lambdaHandler.ts";
import { documentClient, setting } from "../clients.ts";
import { readJob, readShards } from "./jobs.ts";
import { releaseSlot, readSpot, writeSpot } from "./slots.ts";

/** @returns whether the task's job may get another one immediately */
export async function releaseTask(task: TaskRow, end: Omit<TaskEnd, "leasesHeld">, nowMs: number): Promise<boolean> {
  const ended: TaskEnd = { ...end, leasesHeld: await endLeases(task, nowMs) };
  if (await releaseSlot(task)) await recordCapacity(task, ended, nowMs);
  const mayRestart = mayRestartImmediately(ended);
  if (!mayRestart)
    logger.warn("A task stopped before it held a lease; its job waits for the next sweep", { task, ended });
  return mayRestart;
}

/**
 * Ends the leases that the task held, so that nobody waits for them. Task and grant stay in the row: the next worker sees a
 * lease that was not released, and writes off what it may have cost.
 */
async function endLeases(task: TaskRow, nowMs: number): Promise<number> {
  const job = await readJob(task.jobId);
  if (!job) return 0;
  const held = (await readShards(job)).filter(
    (shard) => shard.leaseTask === task.taskSlot && shard.leaseUntilMs > nowMs,
  );
  await Promise.all(held.map((shard) => endLease(shard, nowMs)));
  return held.length;
}

async function endLease(shard: ShardRow, nowMs: number): Promise<void> {
  await documentClient()
    .send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.jobsTable),
        Key: { pk: shard.pk, sk: shard.sk },
        UpdateExpression: "SET leaseUntilMs = :now",
        ConditionExpression: "generation = :generation AND leaseTask = :slot AND leaseUntilMs > :now",
        ExpressionAttributeValues: { ":now": nowMs, ":generation": shard.generation, ":slot": shard.leaseTask },
      }),
    )
    .catch((error: Error) => {
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });
}

async function recordCapacity(task: TaskRow, ended: TaskEnd, nowMs: number): Promise<void> {
  if (task.capacityProvider !== "FARGATE_SPOT") return;
  const spot = await readSpot();
  if (lackedCapacity(ended)) await writeSpot(afterSpotShortage(spot, nowMs));
  else if (ended.startedAt && spot && spot.shortages > 0)
    await writeSpot({ shortages: 0, lastShortageAtMs: spot.lastShortageAtMs });
}
