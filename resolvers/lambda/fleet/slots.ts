/** The fleet's slots: each task has a row, created and removed together with the counters that limit them. */
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import type { FleetLimits } from "../../../core/fleet/fleet.ts";
import { FLEET, overallCounterKey, spotKey, taskKey } from "../../../core/keys.ts";
import type { CounterRow, SpotRow, TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { documentClient, setting } from "../clients.ts";
import { earlier, type Owner } from "./ownerRow.ts";
import { ownerUpdate, readOwner } from "./owners.ts";
import { pause, transact, type TransactItems } from "./transact.ts";

const fleetTable = () => setting(ENVIRONMENT.fleetTable);

/** Every task that has a slot. */
export async function readTasks(): Promise<TaskRow[]> {
  const tasks: TaskRow[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documentClient().send(
      new QueryCommand({
        TableName: fleetTable(),
        KeyConditionExpression: "pk = :fleet",
        ExpressionAttributeValues: { ":fleet": FLEET },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    );
    tasks.push(...((page.Items ?? []) as TaskRow[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return tasks;
}

/** The task that has a slot. */
export async function readTask(taskSlot: string): Promise<TaskRow | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: fleetTable(), Key: taskKey(taskSlot), ConsistentRead: true }),
  );
  return Item as TaskRow | undefined;
}

/** How many tasks have a slot; 0 before the first. */
export async function readRunning(): Promise<number> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: fleetTable(), Key: overallCounterKey(), ConsistentRead: true }),
  );
  return (Item as CounterRow | undefined)?.running ?? 0;
}

/**
 * Acquires a slot for a task about to be started, if nothing of its owner has changed since the decision.
 * @param since what the owner waits for from now on
 */
export async function acquireSlot(
  task: TaskRow,
  owner: Owner,
  since: string,
  limits: FleetLimits,
): Promise<"acquired" | "full" | "changed"> {
  const failed = await transact([
    { Put: { TableName: fleetTable(), Item: task, ConditionExpression: "attribute_not_exists(pk)" } },
    // The counters are the only rows that an update may create: they come with the first task.
    count(1, "attribute_not_exists(#running) OR #running < :limit", { ":limit": limits.overall }),
    { Update: ownerUpdate(owner, { running: owner.running + 1, since }) },
  ]);
  if (failed.length === 0) return "acquired";
  return failed.includes(1) ? "full" : "changed";
}

const MAX_ATTEMPTS = 10;

/**
 * Releases a slot, and lists the owner: the job may be able to use another task. False when it had already been released: a
 * second call changes nothing.
 */
export async function releaseSlot(task: TaskRow): Promise<boolean> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const owner = await readOwner(task.owner);
    const since = earlier(owner.waitingSince, task.jobId);
    const failed = await transact([
      { Delete: { TableName: fleetTable(), Key: taskKey(task.taskSlot), ConditionExpression: "attribute_exists(pk)" } },
      count(-1, "#running > :none", { ":none": 0 }),
      { Update: ownerUpdate(owner, { running: Math.max(0, owner.running - 1), since }) },
    ]);
    if (failed.length === 0) return true;
    if (failed.includes(0) || failed.includes(1)) return false;
    await pause(attempt);
  }
  throw new Error(`The row of owner ${task.owner} kept changing; the sweep will release the slot ${task.taskSlot}.`);
}

/** Records which task has the slot. The slot may be gone already: tasks can end before RunTask has responded. */
export async function recordArn(taskSlot: string, taskArn: string): Promise<void> {
  await documentClient()
    .send(
      new UpdateCommand({
        TableName: fleetTable(),
        Key: taskKey(taskSlot),
        UpdateExpression: "SET taskArn = :arn",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":arn": taskArn },
      }),
    )
    .catch(ignoreMissing);
}

export async function readSpot(): Promise<SpotRow | undefined> {
  const { Item } = await documentClient().send(new GetCommand({ TableName: fleetTable(), Key: spotKey() }));
  return Item as SpotRow | undefined;
}

/** The last writer wins: the number only affects how soon tasks fall back to on-demand capacity. */
export async function writeSpot(spot: Pick<SpotRow, "shortages" | "lastShortageAtMs">): Promise<void> {
  await documentClient().send(new PutCommand({ TableName: fleetTable(), Item: { ...spotKey(), ...spot } }));
}

function count(by: number, condition: string, values: Record<string, number>): TransactItems[number] {
  return {
    Update: {
      TableName: fleetTable(),
      Key: overallCounterKey(),
      UpdateExpression: "SET #running = if_not_exists(#running, :zero) + :by",
      ConditionExpression: condition,
      ExpressionAttributeNames: { "#running": "running" },
      ExpressionAttributeValues: { ":zero": 0, ":by": by, ...values },
    },
  };
}

function ignoreMissing(error: Error): void {
  if (error.name !== "ConditionalCheckFailedException") throw error;
}
