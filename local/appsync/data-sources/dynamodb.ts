/** The AMAZON_DYNAMODB data source: runs a resolver's request with the real SDK client, as the data source's role. */
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ResolverError } from "../errors.ts";
import { plainItem, sameItem, sdkItem } from "./attribute-values.ts";
import type { Item } from "./attribute-values.ts";
import { callError } from "./data-source.ts";
import type { DataSource, DataSourceOutcome } from "./data-source.ts";
import { runBatch } from "./dynamodb-batch.ts";
import type { DynamoDbRequest, TableCall } from "./dynamodb-call.ts";
import { runTransaction } from "./dynamodb-transaction.ts";
import { expressions, part } from "./expressions.ts";
import type { PageTokens } from "./page-token.ts";
import type { RoleClient } from "./role-client.ts";

export interface DynamoDbTable {
  readonly tableName: string;
  readonly tokens: PageTokens;
  readonly client: RoleClient<DynamoDBClient>;
}

type Run = (request: DynamoDbRequest, call: TableCall) => Promise<DataSourceOutcome>;

const OPERATIONS: Readonly<Record<string, Run>> = {
  GetItem: getItem,
  PutItem: putItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  Query: query,
  Scan: scan,
  BatchGetItem: runBatch,
  BatchPutItem: runBatch,
  BatchDeleteItem: runBatch,
  TransactGetItems: runTransaction,
  TransactWriteItems: runTransaction,
};

export function dynamodbDataSource({ tableName, tokens, client }: DynamoDbTable): DataSource {
  return {
    invoke: async (value, signal) => {
      const request = (value ?? {}) as DynamoDbRequest;
      const run = OPERATIONS[request.operation];
      if (!run)
        throw new ResolverError(
          `Unsupported operation '${request.operation}' on the DynamoDB data source`,
          "MappingTemplate",
        );
      try {
        return await run(request, { client: client.get(), tableName, tokens, signal });
      } catch (error) {
        if (error instanceof ResolverError) throw error;
        return { result: null, error: callError("DynamoDb", error, signal) };
      }
    },
    close: () => client.close(),
  };
}

async function getItem(request: DynamoDbRequest, call: TableCall): Promise<DataSourceOutcome> {
  const command = new GetItemCommand({
    TableName: call.tableName,
    Key: sdkItem(request.key),
    ConsistentRead: request.consistentRead,
    ...expressions(part("ProjectionExpression", request.projection)),
  });
  const { Item } = await call.client.send(command, { abortSignal: call.signal });
  return { result: plainItem(Item) };
}

async function putItem(request: DynamoDbRequest, call: TableCall): Promise<DataSourceOutcome> {
  const item = { ...sdkItem(request.attributeValues), ...sdkItem(request.key) };
  const command = new PutItemCommand({ TableName: call.tableName, Item: item, ...conditionOf(request) });
  return conditionally(request, call, plainItem(item), async () => {
    await call.client.send(command, { abortSignal: call.signal });
    return plainItem(item);
  });
}

async function updateItem(request: DynamoDbRequest, call: TableCall): Promise<DataSourceOutcome> {
  const command = new UpdateItemCommand({
    TableName: call.tableName,
    Key: sdkItem(request.key),
    ReturnValues: "ALL_NEW",
    ...expressions(part("UpdateExpression", request.update), part("ConditionExpression", request.condition)),
  });
  return conditionally(request, call, undefined, async () => {
    const { Attributes } = await call.client.send(command, { abortSignal: call.signal });
    return plainItem(Attributes);
  });
}

async function deleteItem(request: DynamoDbRequest, call: TableCall): Promise<DataSourceOutcome> {
  const command = new DeleteItemCommand({
    TableName: call.tableName,
    Key: sdkItem(request.key),
    ReturnValues: "ALL_OLD",
    ...conditionOf(request),
  });
  return conditionally(request, call, null, async () => {
    const { Attributes } = await call.client.send(command, { abortSignal: call.signal });
    return plainItem(Attributes);
  });
}

/** The condition of a request. @throws ResolverError for an unsupported strategy */
function conditionOf({ condition }: DynamoDbRequest): ReturnType<typeof expressions> {
  if (condition?.conditionalCheckFailedHandler?.strategy === "Custom") {
    throw new ResolverError(
      'The strategy "Custom" for failed conditions is not supported here; use "Reject"',
      "MappingTemplate",
    );
  }
  return expressions(part("ConditionExpression", condition));
}

/**
 * Writes; when the condition fails, AppSync reads the current item. A put that finds the item it meant to write, and a delete
 * that finds none, count as done; otherwise the result is the item, along with the error.
 * @param wanted the item after success: null for none, undefined when that is unknown
 */
async function conditionally(
  request: DynamoDbRequest,
  call: TableCall,
  wanted: Record<string, unknown> | null | undefined,
  write: () => Promise<unknown>,
): Promise<DataSourceOutcome> {
  try {
    return { result: await write() };
  } catch (error) {
    if ((error as Error).name !== "ConditionalCheckFailedException") throw error;
    const current = await currentItem(request, call);
    const isDone =
      wanted !== undefined &&
      current !== UNREADABLE &&
      sameItem(current, wanted, request.condition?.equalsIgnore ?? []);
    if (isDone) return { result: current };
    return { result: current === UNREADABLE ? null : current, error: callError("DynamoDb", error, call.signal) };
  }
}

/** The role may write but not read; then the failed condition is all that can be reported. */
const UNREADABLE = Symbol("unreadable");

async function currentItem(
  { key, condition }: DynamoDbRequest,
  call: TableCall,
): Promise<Record<string, unknown> | null | typeof UNREADABLE> {
  try {
    const command = new GetItemCommand({
      TableName: call.tableName,
      Key: sdkItem(key),
      ConsistentRead: condition?.consistentRead ?? true,
    });
    return plainItem((await call.client.send(command, { abortSignal: call.signal })).Item);
  } catch {
    return UNREADABLE;
  }
}

async function query(request: DynamoDbRequest, call: TableCall): Promise<DataSourceOutcome> {
  const command = new QueryCommand({
    ...pageInput(request, call),
    ScanIndexForward: request.scanIndexForward,
    ...expressions(
      part("KeyConditionExpression", request.query),
      part("FilterExpression", request.filter),
      part("ProjectionExpression", request.projection),
    ),
  });
  return page(request, call, await call.client.send(command, { abortSignal: call.signal }));
}

async function scan(request: DynamoDbRequest, call: TableCall): Promise<DataSourceOutcome> {
  const command = new ScanCommand({
    ...pageInput(request, call),
    Segment: request.segment,
    TotalSegments: request.totalSegments,
    ...expressions(part("FilterExpression", request.filter), part("ProjectionExpression", request.projection)),
  });
  return page(request, call, await call.client.send(command, { abortSignal: call.signal }));
}

const SELECT: Readonly<Record<string, "ALL_ATTRIBUTES" | "ALL_PROJECTED_ATTRIBUTES" | "SPECIFIC_ATTRIBUTES">> = {
  ALL_ATTRIBUTES: "ALL_ATTRIBUTES",
  ALL_PROJECTED_ATTRIBUTES: "ALL_PROJECTED_ATTRIBUTES",
  SPECIFIC_ATTRIBUTES: "SPECIFIC_ATTRIBUTES",
};

function pageInput(request: DynamoDbRequest, call: TableCall) {
  return {
    TableName: call.tableName,
    IndexName: request.index ?? undefined,
    Limit: request.limit ?? undefined,
    ConsistentRead: request.consistentRead ?? undefined,
    Select: SELECT[request.select],
    ExclusiveStartKey: call.tokens.open<Item>(request.nextToken, placeOf(request, call)),
  };
}

function page(
  request: DynamoDbRequest,
  call: TableCall,
  answer: { Items?: Item[]; LastEvaluatedKey?: Item; ScannedCount?: number },
): DataSourceOutcome {
  return {
    result: {
      items: (answer.Items ?? []).map(plainItem),
      nextToken: call.tokens.seal(answer.LastEvaluatedKey, placeOf(request, call)),
      scannedCount: answer.ScannedCount ?? 0,
    },
  };
}

function placeOf({ operation, index }: DynamoDbRequest, { tableName }: TableCall): string {
  return `${operation} ${tableName} ${index ?? ""}`;
}
