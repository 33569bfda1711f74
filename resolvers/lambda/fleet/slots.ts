/** The fleet's slots: each task has a row, created and removed together with the counters that limit them. */
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

/** The value of an owner's counter; 0 before it exists. */
export async function readOwnerCount(owner: string): Promise<number> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: fleetTable(), Key: ownerCounterKey(owner), ConsistentRead: true }),
  );
  return (Item as CounterRow | undefined)?.running ?? 0;
}

/**
 * Acquires a slot for a task about to be started. False when none is free: the limit is reached, or the owner's count has
 * changed since the decision, because another dispatcher was faster.
 */
export async function acquireSlot(task: TaskRow, seenOfOwner: number, limits: FleetLimits): Promise<boolean> {
  if (seenOfOwner >= limits.perOwner) return false;
  return transact([
    { Put: { TableName: fleetTable(), Item: task, ConditionExpression: "attribute_not_exists(pk)" } },
    // The counters are the only rows that an update may create: they come with the first task.
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

/** Releases a slot. False when it had already been released: a second call changes nothing. */
export async function releaseSlot(task: TaskRow): Promise<boolean> {
  return transact([
    { Delete: { TableName: fleetTable(), Key: taskKey(task.taskSlot), ConditionExpression: "attribute_exists(pk)" } },
    count(overallCounterKey(), -1, "#running > :none", { ":none": 0 }),
    count(ownerCounterKey(task.owner), -1, "#running > :none", { ":none": 0 }),
  ]);
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

const MAX_CONFLICT_ATTEMPTS = 6;

/** False when a condition fails. Conflicts with other transactions are retried. */
async function transact(TransactItems: TransactItems): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await documentClient().send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }: CancellationReason) => Code);
      if (codes.includes("ConditionalCheckFailed")) return false;
      if (!codes.includes("TransactionConflict") || attempt >= MAX_CONFLICT_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** attempt));
    }
  }
}

function ignoreMissing(error: Error): void {
  if (error.name !== "ConditionalCheckFailedException") throw error;
}
