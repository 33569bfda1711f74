/** Each owner's row: how many of their tasks run, and whether they are listed as waiting for another. */
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { waitingOrder } from "../../../core/fleet/placing.ts";
import { fleetOwnerKey, OWNERS_WAITING, WAITING } from "../../../core/keys.ts";
import { documentClient, setting } from "../clients.ts";
import { earlier, ownerAfter, type ListedOwners, type ListKey, type Owner, type OwnerChange } from "./ownerRow.ts";
import { pause } from "./transact.ts";

export async function readOwner(owner: string): Promise<Owner> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.fleetTable), Key: fleetOwnerKey(owner), ConsistentRead: true }),
  );
  return { running: 0, ...Item, owner };
}

/** The waiting owners, whoever has the fewest tasks first. */
export async function listOwners(after: ListKey | undefined, limit: number): Promise<ListedOwners> {
  const { Items, LastEvaluatedKey } = await documentClient().send(
    new QueryCommand({
      TableName: setting(ENVIRONMENT.fleetTable),
      IndexName: OWNERS_WAITING,
      KeyConditionExpression: "waitingKey = :waiting",
      ExpressionAttributeValues: { ":waiting": WAITING },
      ExclusiveStartKey: after,
      Limit: limit,
    }),
  );
  return { owners: (Items ?? []) as Owner[], end: LastEvaluatedKey };
}

/** The update of an owner's row, on the condition that nothing has changed since it was read. */
export function ownerUpdate(seen: Owner, { running, since, changedAtMs = seen.changedAtMs }: OwnerChange) {
  const listed = since !== undefined && {
    waitingKey: WAITING,
    waitingOrder: waitingOrder(running, since),
    waitingSince: since,
  };
  const values = { owner: seen.owner, running, version: (seen.version ?? 0) + 1, changedAtMs, ...listed };
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  const assignments = set.map(([name]) => `#${name} = :${name}`).join(", ");
  const isNew = seen.version === undefined;
  return {
    TableName: setting(ENVIRONMENT.fleetTable),
    Key: fleetOwnerKey(seen.owner),
    UpdateExpression: `SET ${assignments}${listed ? "" : " REMOVE waitingKey, waitingOrder, waitingSince"}`,
    ConditionExpression: isNew ? "attribute_not_exists(#version)" : "#version = :seen",
    ExpressionAttributeNames: Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      ...(isNew ? {} : { ":seen": seen.version }),
    },
  };
}

/** Changes an owner's row. False when it has changed since it was read. */
export async function changeOwner(seen: Owner, change: OwnerChange): Promise<boolean> {
  try {
    await documentClient().send(new UpdateCommand(ownerUpdate(seen, change)));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

const MAX_ATTEMPTS = 10;

/** Lists the owner of a job that was opened or changed. @returns their row as written */
export async function listOwner(owner: string, jobId: string, nowMs: number): Promise<Owner> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const seen = await readOwner(owner);
    const change = { running: seen.running, since: earlier(seen.waitingSince, jobId), changedAtMs: nowMs };
    if (await changeOwner(seen, change)) return ownerAfter(seen, change);
    await pause(attempt);
  }
  throw new Error(`The row of owner ${owner} kept changing; the sweep will list them.`);
}
