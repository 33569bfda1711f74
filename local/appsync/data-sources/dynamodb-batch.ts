/** BatchGetItem, BatchPutItem and BatchDeleteItem: results are in request order, null where there is no item. */
import { BatchGetItemCommand, BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { ResolverError } from "../errors.ts";
import { plainItem, sdkItem } from "./attribute-values.ts";
import type { Item } from "./attribute-values.ts";
import type { DataSourceOutcome } from "./data-source.ts";
import type { DynamoDbRequest, TableCall } from "./dynamodb-call.ts";
import { expressions, part } from "./expressions.ts";

export async function runBatch(request: DynamoDbRequest, call: TableCall): Promise<DataSourceOutcome> {
  const tables = Object.entries(request.tables ?? {}) as [string, any][];
  if (tables.length === 0) throw new ResolverError(`${request.operation} needs at least one table`, "MappingTemplate");
  return request.operation === "BatchGetItem" ? batchGet(tables, call) : batchWrite(request.operation, tables, call);
}

async function batchGet(tables: [string, any][], { client, signal }: TableCall): Promise<DataSourceOutcome> {
  const requested = tables.map(([table, value]) => ({
    table,
    keys: keysOf(value).map(sdkItem),
    options: Array.isArray(value) ? {} : value,
  }));
  const command = new BatchGetItemCommand({
    RequestItems: Object.fromEntries(
      requested.map(({ table, keys, options }) => [
        table,
        {
          Keys: keys,
          ConsistentRead: options.consistentRead,
          ...expressions(part("ProjectionExpression", options.projection)),
        },
      ]),
    ),
  });
  const answer = await client.send(command, { abortSignal: signal });
  return {
    result: {
      data: byTable(requested, ({ table, keys }) =>
        keys.map((key) => plainItem(answer.Responses?.[table]?.find((item) => hasKey(item, key)))),
      ),
      unprocessedKeys: byTable(requested, ({ table }) => (answer.UnprocessedKeys?.[table]?.Keys ?? []).map(plainItem)),
    },
  };
}

async function batchWrite(
  operation: string,
  tables: [string, any][],
  { client, signal }: TableCall,
): Promise<DataSourceOutcome> {
  const isPut = operation === "BatchPutItem";
  const requested = tables.map(([table, values]) => ({ table, items: keysOf(values).map(sdkItem) }));
  const command = new BatchWriteItemCommand({
    RequestItems: Object.fromEntries(
      requested.map(({ table, items }) => [
        table,
        items.map((item) => (isPut ? { PutRequest: { Item: item } } : { DeleteRequest: { Key: item } })),
      ]),
    ),
  });
  const { UnprocessedItems } = await client.send(command, { abortSignal: signal });
  const left = (table: string) =>
    (UnprocessedItems?.[table] ?? []).map((each) => each.PutRequest?.Item ?? each.DeleteRequest?.Key);
  return {
    result: {
      data: byTable(requested, ({ table, items }) =>
        items.map((item) => (left(table).some((each) => each && hasKey(item, each)) ? null : plainItem(item))),
      ),
      [isPut ? "unprocessedItems" : "unprocessedKeys"]: byTable(requested, ({ table }) => left(table).map(plainItem)),
    },
  };
}

/** A table's keys are in `keys`, or are the list itself. */
function keysOf(value: any): Record<string, unknown>[] {
  return Array.isArray(value) ? value : (value.keys ?? []);
}

function byTable<T extends { table: string }>(
  requested: readonly T[],
  answer: (each: T) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(requested.map((each) => [each.table, answer(each)]));
}

function hasKey(item: Item, key: Item): boolean {
  return Object.entries(key).every(([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value));
}
