import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../../local/dynamodb/dynamodb.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "../../local/service.ts";
import { openGate, testContext } from "./open-gate.ts";

export const TABLE = "Accounts";

export function table(properties: Record<string, unknown> = {}): Resource {
  return {
    path: "Stack/Data/Accounts",
    logicalId: "Accounts",
    type: "AWS::DynamoDB::Table",
    properties: {
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      ...properties,
    },
  };
}

/** Properties of a table with one global index that projects `title`. */
export const BY_OWNER = {
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
    { AttributeName: "owner", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byOwner",
      KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["title"] },
    },
  ],
};

export const key = (pk: string, sk = "-") => ({ pk: { S: pk }, sk: { S: sk } });

export type Item = Record<string, AttributeValue>;

/** A separate DynamoDB for each test, on a folder that is removed afterwards. */
export class DynamoDbUnderTest {
  folder = "";
  url = "";
  nowMs = 0;
  gate = openGate();
  client!: DynamoDBClient;
  service: Service | undefined;

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), "dynamodb-test-"));
    this.nowMs = Date.now();
    this.gate = openGate();
  }

  async close(): Promise<void> {
    this.client?.destroy();
    await this.service?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async start(
    resource: Resource,
    options: Parameters<typeof dynamodb>[0] = {},
    context: Partial<CloudContext> = {},
  ): Promise<CreatedResource> {
    this.service = dynamodb(options);
    this.url = await this.service.start(
      testContext(this.folder, { gate: this.gate, clock: { now: () => this.nowMs }, ...context }),
    );
    this.connect(this.url);
    return this.service.create(resource);
  }

  async restart(resource: Resource, options: Parameters<typeof dynamodb>[0] = {}): Promise<CreatedResource> {
    this.client.destroy();
    await this.service?.stop();
    return this.start(resource, options);
  }

  connect(endpoint: string, credentials = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "secret" }): void {
    const requestHandler = { httpAgent: { maxSockets: 300 } };
    this.client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1, requestHandler });
  }

  put(pk: string, attributes: Item = {}, sk = "-") {
    return this.client.send(new PutItemCommand({ TableName: TABLE, Item: { ...key(pk, sk), ...attributes } }));
  }

  async get(pk: string, sk = "-"): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: TABLE, Key: key(pk, sk), ConsistentRead: true });
    return (await this.client.send(command)).Item;
  }

  transact(items: TransactWriteItem[], token?: string) {
    return this.client.send(new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: token }));
  }

  /** All of an owner's items in the index `byOwner`, read page by page. */
  async ownersItems(owner: string): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: TABLE,
          IndexName: "byOwner",
          KeyConditionExpression: "#o = :o",
          ExpressionAttributeNames: { "#o": "owner" },
          ExpressionAttributeValues: { ":o": { S: owner } },
          ...(start && { ExclusiveStartKey: start }),
          Limit: 700,
        }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }
}

/** Call at the top of a test file. */
export function dynamoDbUnderTest(): DynamoDbUnderTest {
  const underTest = new DynamoDbUnderTest();
  beforeEach(() => underTest.open());
  afterEach(() => underTest.close());
  return underTest;
}

/** Polls until the result satisfies a condition. */
export async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
