/** The slots of the fleet: each task in use has a row, made and removed together with the counters that limit them. */
import { TransactionCanceledException, type CancellationReason } from "@aws-sdk/client-dynamodb";
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import type { FleetLimits } from "../../../core/fleet/fleet.ts";
import { FLEET, overallCounterKey, ownerCounterKey, spotKey, taskKey } from "../../../core/keys.ts";
import type { CounterRow, SpotRow, TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { documentClient, setting } from "../clients.ts";

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

/** What the counter of an owner says; 0 before it exists. */
export async function readOwnerCount(owner: string): Promise<number> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: fleetTable(), Key: ownerCounterKey(owner), ConsistentRead: true }),
  );
  return (Item as CounterRow | undefined)?.running ?? 0;
}

/**
 * Takes a slot for a task that is about to be started. False when it is not free: the limit is reached, or the owner's
 * count is not the one that the decision was made on, because another dispatcher was faster.
 */
export async function acquireSlot(task: TaskRow, seenOfOwner: number, limits: FleetLimits): Promise<boolean> {
  if (seenOfOwner >= limits.perOwner) return false;
  return transact([
    { Put: { TableName: fleetTable(), Item: task, ConditionExpression: "attribute_not_exists(pk)" } },
    // The counters are the only rows that an update may make: they come into being with the first task.
    count(overallCounterKey(), 1, "attribute_not_exists(#running) OR #running < :limit", { ":limit": limits.overall }),
    count(
      ownerCounterKey(task.owner),
      1,
      seenOfOwner === 0 ? "attribute_not_exists(#running) OR #running = :seen" : "#running = :seen",
      {
        ":seen": seenOfOwner,
      },
    ),
  ]);
}

/** Gives a slot back. False when it was given back before: whoever comes second changes nothing. */
export async function releaseSlot(task: TaskRow): Promise<boolean> {
  return transact([
    { Delete: { TableName: fleetTable(), Key: taskKey(task.taskSlot), ConditionExpression: "attribute_exists(pk)" } },
    count(overallCounterKey(), -1, "#running > :none", { ":none": 0 }),
    count(ownerCounterKey(task.owner), -1, "#running > :none", { ":none": 0 }),
  ]);
}

/** Notes which task has the slot. It may be gone already: tasks can end before RunTask has answered. */
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

/** The last writer wins: the number only steers how soon the full price is paid. */
export async function writeSpot(spot: Pick<SpotRow, "shortages" | "lastShortageAtMs">): Promise<void> {
  await documentClient().send(new PutCommand({ TableName: fleetTable(), Item: { ...spotKey(), ...spot } }));
}

type TransactItems = NonNullable<TransactWriteCommandInput["TransactItems"]>;

function count(Key: object, by: number, condition: string, values: Record<string, number>): TransactItems[number] {
  return {
    Update: {
      TableName: fleetTable(),
      Key: Key as Record<string, string>,
      UpdateExpression: "SET #running = if_not_exists(#running, :zero) + :by",
      ConditionExpression: condition,
      ExpressionAttributeNames: { "#running": "running" },
      ExpressionAttributeValues: { ":zero": 0, ":by": by, ...values },
    },
  };
}

const COLLISION_TRIES = 6;

/** False when a condition does not hold. Collisions with other transactions are tried again. */
async function transact(TransactItems: TransactItems): Promise<boolean> {
  for (let tried = 1; ; tried += 1) {
    try {
      await documentClient().send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }: CancellationReason) => Code);
      if (codes.includes("ConditionalCheckFailed")) return false;
      if (!codes.includes("TransactionConflict") || tried >= COLLISION_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** tried));
    }
  }
}

function ignoreMissing(error: Error): void {
  if (error.name !== "ConditionalCheckFailedException") throw error;
}
