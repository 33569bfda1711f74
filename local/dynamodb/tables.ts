/** Creates tables and updates them to match their template: indexes are added and removed, items stay. */
import { randomUUID } from "node:crypto";
import { AwsError } from "../service.ts";
import type { Database } from "./database.ts";
import type { StoredTable } from "./stored-table.ts";
import { indexOperations } from "./changes.ts";
import { parseRequest } from "./dynalite.ts";
import type { BatchOperation, IndexDescription, Item, TableDescription } from "./dynalite.ts";
import { indexPrefix, itemPrefix } from "./keys.ts";

const BACKFILL_BATCH = 500;

/**
 * The table that a CreateTable request describes.
 * @throws AwsError `ValidationException` when DynamoDB would not accept the schema
 */
export function describeTable(request: Record<string, any>, arn: string, nowMs: number): TableDescription {
  const { BillingMode: billingMode, ...data } = parseRequest("CreateTable", structuredClone(request));
  const throughput = data.ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 };
  const described = (index: IndexDescription) => ({
    ...index,
    IndexArn: `${arn}/index/${index.IndexName}`,
    IndexSizeBytes: 0,
    ItemCount: 0,
  });
  return {
    ...(data as TableDescription),
    TableArn: arn,
    TableId: randomUUID(),
    CreationDateTime: nowMs / 1000,
    TableStatus: "ACTIVE",
    ItemCount: 0,
    TableSizeBytes: 0,
    DeletionProtectionEnabled: request.DeletionProtectionEnabled === true,
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...throughput },
    ...(billingMode === "PAY_PER_REQUEST" && { BillingModeSummary: { BillingMode: billingMode } }),
    ...(data.LocalSecondaryIndexes && { LocalSecondaryIndexes: data.LocalSecondaryIndexes.map(described) }),
    ...(data.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: data.GlobalSecondaryIndexes.map((index: IndexDescription) => ({
        ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
        ...described(index),
        IndexStatus: "ACTIVE",
      })),
    }),
  };
}

/**
 * Creates or updates a table, keeping items of earlier starts: new global indexes are backfilled, dropped ones removed.
 * @throws Error when the table would have to be replaced
 */
export async function alignTable(database: Database, wanted: StoredTable): Promise<void> {
  const existing = database.storedTable(wanted.description.TableName);
  if (!existing) return database.putTable(wanted);
  assertSameKeys(existing.description, wanted.description);
  await alignIndexes(database, existing.description, wanted.description);
  const { TableId, CreationDateTime } = existing.description;
  await database.putTable({ ...wanted, description: { ...wanted.description, TableId, CreationDateTime } });
}

/** The CreateTable operation. @throws AwsError `ResourceInUseException` */
export async function createTable(
  database: Database,
  description: TableDescription,
  tags: StoredTable["tags"],
): Promise<object> {
  const name = description.TableName;
  if (database.storedTable(name)) throw new AwsError(400, "ResourceInUseException", `Table already exists: ${name}`);
  await database.putTable({ description, tags });
  return { TableDescription: description };
}

/** The DeleteTable operation. @throws AwsError `ResourceNotFoundException`, `ValidationException` for a protected table */
export async function deleteTable(database: Database, name: string): Promise<object> {
  const { description } = database.table(name);
  if (description.DeletionProtectionEnabled) {
    throw new AwsError(
      400,
      "ValidationException",
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
  }
  await database.removeTable(name);
  return { TableDescription: { ...description, TableStatus: "DELETING" } };
}

/** The UpdateTable operation: billing mode, throughput, deletion protection, and global indexes created or deleted. */
export async function updateTable(database: Database, body: Record<string, any>): Promise<object> {
  const { AttributeDefinitions, DeletionProtectionEnabled, ...rest } = body;
  const onlyProtection = DeletionProtectionEnabled !== undefined && Object.keys(rest).length === 1;
  if (!onlyProtection) parseRequest("UpdateTable", structuredClone(rest));
  const stored = database.table(body.TableName);
  const before = stored.description;
  const after: TableDescription = {
    ...before,
    AttributeDefinitions: AttributeDefinitions ?? before.AttributeDefinitions,
    GlobalSecondaryIndexes: updatedIndexes(before, body.GlobalSecondaryIndexUpdates ?? []),
    ...(DeletionProtectionEnabled !== undefined && { DeletionProtectionEnabled }),
    ...(body.BillingMode && { BillingModeSummary: { BillingMode: body.BillingMode } }),
    ...(body.ProvisionedThroughput && {
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...body.ProvisionedThroughput },
    }),
  };
  await alignIndexes(database, before, after);
  await database.putTable({ ...stored, description: after });
  return { TableDescription: after };
}

function updatedIndexes(
  table: TableDescription,
  updates: readonly Record<string, any>[],
): IndexDescription[] | undefined {
  const indexes = new Map((table.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  for (const { Create, Update, Delete } of updates) {
    const named = indexes.get((Create ?? Update ?? Delete).IndexName);
    if (Create && named) {
      throw new AwsError(
        400,
        "ValidationException",
        `Attempting to create an index which already exists: ${Create.IndexName}`,
      );
    }
    if (!Create && !named) throw new AwsError(400, "ResourceNotFoundException", "Requested resource not found");
    if (Delete) indexes.delete(Delete.IndexName);
    else if (Create) {
      const IndexArn = `${table.TableArn}/index/${Create.IndexName}`;
      indexes.set(Create.IndexName, { ...Create, IndexArn, IndexSizeBytes: 0, ItemCount: 0, IndexStatus: "ACTIVE" });
    } else {
      indexes.set(Update.IndexName, { ...named!, ProvisionedThroughput: Update.ProvisionedThroughput });
    }
  }
  return indexes.size === 0 ? undefined : [...indexes.values()];
}

async function alignIndexes(database: Database, before: TableDescription, after: TableDescription): Promise<void> {
  const previous = before.GlobalSecondaryIndexes ?? [];
  const next = after.GlobalSecondaryIndexes ?? [];
  const isIn = (indexes: readonly IndexDescription[], index: IndexDescription) =>
    indexes.some((other) => shapeOf(other) === shapeOf(index));
  for (const index of previous.filter((index) => !isIn(next, index))) {
    await database.clear(indexPrefix(before.TableName, index.IndexName));
  }
  for (const index of next.filter((index) => !isIn(previous, index))) await fillIndex(database, after, index);
}

/** Starts from scratch, so a backfill that was killed halfway does no harm. */
async function fillIndex(database: Database, table: TableDescription, index: IndexDescription): Promise<void> {
  await database.clear(indexPrefix(table.TableName, index.IndexName));
  let operations: BatchOperation[] = [];
  for await (const item of database.values<Item>(itemPrefix(table.TableName))) {
    operations.push(...indexOperations(table, index, undefined, item));
    if (operations.length < BACKFILL_BATCH) continue;
    await database.batch(operations);
    operations = [];
  }
  await database.batch(operations);
}

function shapeOf({ IndexName, KeySchema, Projection }: IndexDescription): string {
  const attributes = [...(Projection.NonKeyAttributes ?? [])].sort();
  return JSON.stringify([
    IndexName,
    KeySchema.map((key) => [key.AttributeName, key.KeyType]),
    Projection.ProjectionType,
    attributes,
  ]);
}

function assertSameKeys(existing: TableDescription, wanted: TableDescription): void {
  if (keysOf(existing) === keysOf(wanted)) return;
  throw new Error(
    `Table ${wanted.TableName} has the key ${keysOf(existing)}, but the template now defines ${keysOf(wanted)}. ` +
      "Give the table another name, or start with an empty data directory.",
  );
}

function keysOf(table: TableDescription): string {
  const typed = ({ AttributeName: name }: { AttributeName: string }) =>
    `${name}:${table.AttributeDefinitions.find((definition) => definition.AttributeName === name)?.AttributeType}`;
  const local = (table.LocalSecondaryIndexes ?? []).map((index) => `${index.IndexName}(${index.KeySchema.map(typed)})`);
  return [`(${table.KeySchema.map(typed)})`, ...local.sort()].join(" with local index ");
}
