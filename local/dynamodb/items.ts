/** The operations on items outside transactions. */
import { AwsError } from "../service.ts";
import type { Database } from "./database.ts";
import { assertItem, assertKey, runAction } from "./dynalite.ts";
import type { Item, ParsedRequest, TableDescription } from "./dynalite.ts";
import type { InFlight, ItemId } from "./in-flight.ts";
import { itemKey } from "./keys.ts";

interface Stores {
  readonly database: Database;
  readonly inFlight: InFlight;
}

/** GetItem, BatchGetItem, Query, Scan. */
export function read({ database }: Stores, operation: string, data: ParsedRequest): Promise<object> {
  return runAction(operation, database.asDynaliteStore(undefined, data.ExclusiveStartKey), data);
}

/**
 * PutItem, UpdateItem, DeleteItem.
 * @throws AwsError `ConditionalCheckFailedException` (with `Item` when `returnOldItem`), `TransactionConflictException`
 */
export async function writeItem(
  { database, inFlight }: Stores,
  operation: string,
  data: ParsedRequest,
  returnOldItem: boolean,
): Promise<object> {
  const table = database.table(data.TableName).description;
  if (data.Item) assertItem(data.Item, table);
  else assertKey(data.Key, table);
  const key = itemKey(data.Item ?? data.Key, table);
  return inFlight.write([`${table.TableName}~${key}`], () =>
    database.write(async (changes) => {
      try {
        return await runAction(operation, database.asDynaliteStore(changes), data);
      } catch (error) {
        const item = returnOldItem ? changes.item(table.TableName, key) : undefined;
        if (!item || !(error instanceof AwsError) || error.code !== "ConditionalCheckFailedException") throw error;
        throw new AwsError(error.status, error.code, error.message, { Item: item });
      }
    }),
  );
}

/** BatchWriteItem; items held by a transaction come back as unprocessed. */
export async function batchWrite({ database, inFlight }: Stores, data: ParsedRequest): Promise<object> {
  const requests: Record<string, any[]> = {};
  const unprocessed: Record<string, any[]> = {};
  const ids: ItemId[] = [];
  for (const [name, tableRequests] of Object.entries(data.RequestItems as Record<string, any[]>)) {
    const table = database.table(name).description;
    for (const request of tableRequests) {
      const id = batchItemId(table, request.PutRequest?.Item, request.DeleteRequest?.Key);
      const target = inFlight.isInTransaction(id) ? unprocessed : requests;
      (target[name] ??= []).push(request);
      if (target === requests) ids.push(id);
    }
  }
  if (ids.length === 0) return { UnprocessedItems: unprocessed };
  const result = await inFlight.write(ids, () =>
    database.write((changes) =>
      runAction("BatchWriteItem", database.asDynaliteStore(changes), { ...data, RequestItems: requests }),
    ),
  );
  return { ...result, UnprocessedItems: unprocessed };
}

function batchItemId(table: TableDescription, item: Item | undefined, key: Item | undefined): ItemId {
  try {
    if (item) assertItem(item, table);
    else assertKey(key ?? {}, table);
  } catch {
    throw new AwsError(400, "ValidationException", "The provided key element does not match the schema");
  }
  return `${table.TableName}~${itemKey(item ?? key ?? {}, table)}`;
}
