/** TransactGetItems and TransactWriteItems, with a canceled transaction's reasons as a resolver sees them. */
import {
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import type { CancellationReason, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { ResolverError } from "../errors.ts";
import { plainItem, sdkItem } from "./attribute-values.ts";
import { callError } from "./data-source.ts";
import type { DataSourceOutcome } from "./data-source.ts";
import type { DynamoDbRequest, TableCall } from "./dynamodb-call.ts";
import { expressions, part } from "./expressions.ts";

export async function runTransaction(request: DynamoDbRequest, call: TableCall): Promise<DataSourceOutcome> {
  const isWrite = request.operation === "TransactWriteItems";
  try {
    const result = isWrite ? await write(request, call) : await get(request, call);
    return { result: { ...result, cancellationReasons: null } };
  } catch (error) {
    if (error instanceof ResolverError) throw error;
    const reasons =
      error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []).map(reasonOf) : null;
    const result = { [isWrite ? "keys" : "items"]: null, cancellationReasons: reasons };
    return { result, error: callError("DynamoDb", error, call.signal) };
  }
}

async function get({ transactItems }: DynamoDbRequest, { client, signal }: TableCall) {
  const items = itemsOf(transactItems).map(({ table, key, projection }) => ({
    Get: { TableName: table, Key: sdkItem(key), ...expressions(part("ProjectionExpression", projection)) },
  }));
  const answer = await client.send(new TransactGetItemsCommand({ TransactItems: items }), { abortSignal: signal });
  return { items: (answer.Responses ?? []).map(({ Item }) => plainItem(Item)) };
}

async function write({ transactItems }: DynamoDbRequest, { client, signal }: TableCall) {
  const items = itemsOf(transactItems);
  await client.send(new TransactWriteItemsCommand({ TransactItems: items.map(writeOf) }), { abortSignal: signal });
  return { keys: items.map(({ key }) => plainItem(sdkItem(key))) };
}

function itemsOf(items: unknown): DynamoDbRequest[] {
  if (Array.isArray(items) && items.length > 0) return items;
  throw new ResolverError("A transaction needs a list of transactItems", "MappingTemplate");
}

function writeOf(item: DynamoDbRequest): TransactWriteItem {
  const condition = part("ConditionExpression", item.condition);
  const common = {
    TableName: String(item.table),
    ...(item.condition?.returnValuesOnConditionCheckFailure === false || !condition
      ? {}
      : { ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const }),
  };
  const Key = sdkItem(item.key);
  switch (item.operation) {
    case "PutItem":
      return { Put: { ...common, Item: { ...sdkItem(item.attributeValues), ...Key }, ...expressions(condition) } };
    case "UpdateItem":
      return {
        Update: {
          ...common,
          Key,
          UpdateExpression: undefined,
          ...expressions(part("UpdateExpression", item.update), condition),
        },
      };
    case "DeleteItem":
      return { Delete: { ...common, Key, ...expressions(condition) } };
    case "ConditionCheck":
      return { ConditionCheck: { ...common, Key, ConditionExpression: undefined, ...expressions(condition) } };
    default:
      throw new ResolverError(`Unsupported operation '${item.operation}' in TransactWriteItems`, "MappingTemplate");
  }
}

function reasonOf({ Code, Message, Item }: CancellationReason) {
  return { type: Code ?? "None", message: Message ?? "None", ...(Item && { item: plainItem(Item) }) };
}
