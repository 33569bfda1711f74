import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand as DocumentQuery } from "@aws-sdk/lib-dynamodb";
import { AwsError } from "../../local/service.ts";
import { failure } from "./failure.ts";
import { openGate } from "./open-gate.ts";
import { BY_OWNER, TABLE, dynamoDbUnderTest, key, table } from "./dynamodb-under-test.ts";

const db = dynamoDbUnderTest();

describe("items", () => {
  it("serves lib-dynamodb with numbers, nested values and reversed queries", async () => {
    await db.start(table());
    const documents = DynamoDBDocumentClient.from(db.client);
    for (const sk of ["2", "10", "3"]) {
      await documents.send(new PutCommand({ TableName: TABLE, Item: { pk: "p", sk, n: 1.5, list: [1, { a: null }] } }));
    }
    const { Item } = await documents.send(new GetCommand({ TableName: TABLE, Key: { pk: "p", sk: "2" } }));
    expect(Item).toEqual({ pk: "p", sk: "2", n: 1.5, list: [1, { a: null }] });
    const { Items } = await documents.send(
      new DocumentQuery({
        TableName: TABLE,
        KeyConditionExpression: "pk = :p AND sk > :s",
        ExpressionAttributeValues: { ":p": "p", ":s": "1" },
        ScanIndexForward: false,
      }),
    );
    expect(Items?.map((item) => item.sk)).toEqual(["3", "2", "10"]);
  });

  it("updates, adds, removes and returns what was asked for", async () => {
    await db.start(table());
    const update = await db.client.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: key("a"),
        UpdateExpression: "SET n = if_not_exists(n, :zero) + :one ADD tags :t",
        ExpressionAttributeValues: { ":zero": { N: "0" }, ":one": { N: "1" }, ":t": { SS: ["x"] } },
        ReturnValues: "ALL_NEW",
      }),
    );
    expect(update.Attributes).toEqual({ ...key("a"), n: { N: "1" }, tags: { SS: ["x"] } });
  });

  it("sends the stored item along with a failed condition when asked to", async () => {
    await db.start(table());
    await db.put("a", { n: { N: "7" } });
    const request = {
      TableName: TABLE,
      Item: key("a"),
      ConditionExpression: "attribute_not_exists(pk)",
    };
    const bare = await failure(db.client.send(new PutItemCommand(request)));
    expect(bare).toBeInstanceOf(ConditionalCheckFailedException);
    expect(bare.Item).toBeUndefined();
    const full = await failure(
      db.client.send(new PutItemCommand({ ...request, ReturnValuesOnConditionCheckFailure: "ALL_OLD" })),
    );
    expect(full.Item).toEqual({ ...key("a"), n: { N: "7" } });
    const absent = await failure(
      db.client.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: key("none"),
          UpdateExpression: "SET n = :n",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":n": { N: "1" } },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
    );
    expect(absent).toMatchObject({ name: "ConditionalCheckFailedException" });
    expect(absent.Item).toBeUndefined();
    expect(await db.get("none")).toBeUndefined();
  });

  it("counts 400 KB in UTF-8, for updates too", async () => {
    await db.start(table());
    await db.put("ascii", { text: { S: "x".repeat(400 * 1024 - 50) } });
    const tooLarge = await failure(db.put("umlauts", { text: { S: "ä".repeat(201 * 1024) } }));
    expect(tooLarge).toMatchObject({ name: "ValidationException", message: expect.stringContaining("Item size") });
    const grow = db.client.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: key("ascii"),
        UpdateExpression: "SET more = :m",
        ExpressionAttributeValues: { ":m": { S: "y".repeat(100) } },
      }),
    );
    expect(await failure(grow)).toMatchObject({ name: "ValidationException" });
    expect((await db.get("ascii"))?.more).toBeUndefined();
  });

  it("reads batches and scans with a filter, page by page", async () => {
    await db.start(table());
    for (let i = 0; i < 12; i++) await db.put(`item${i}`, { even: { BOOL: i % 2 === 0 } });
    const batch = await db.client.send(
      new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: [key("item1"), key("item2"), key("none")] } } }),
    );
    expect(batch.Responses?.[TABLE]?.map((item) => item.pk?.S).sort()).toEqual(["item1", "item2"]);
    const seen: string[] = [];
    let startKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await db.client.send(
        new ScanCommand({
          TableName: TABLE,
          Limit: 5,
          FilterExpression: "#e = :t",
          ExpressionAttributeNames: { "#e": "even" },
          ExpressionAttributeValues: { ":t": { BOOL: true } },
          ...(startKey && { ExclusiveStartKey: startKey }),
        }),
      );
      seen.push(...(page.Items ?? []).map((item) => item.pk?.S ?? ""));
      startKey = page.LastEvaluatedKey;
    } while (startKey);
    expect(seen.sort()).toEqual(["item0", "item10", "item2", "item4", "item6", "item8"]);
  });

  it("stops a page at 1 MB", async () => {
    await db.start(table());
    for (let i = 0; i < 4; i++) await db.put("big", { text: { S: "x".repeat(380 * 1024) } }, String(i));
    const page = await db.client.send(
      new QueryCommand({
        TableName: TABLE,
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: "big" } },
      }),
    );
    expect(page.Items).toHaveLength(3);
    expect(page.LastEvaluatedKey).toEqual(key("big", "2"));
  });
});

describe("conditions under concurrency", () => {
  it("lets exactly one of many conditional puts win", async () => {
    await db.start(table());
    const attempts = Array.from({ length: 50 }, (_, i) =>
      db.client.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: { ...key("one"), winner: { N: String(i) } },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  });
});

describe("authorization", () => {
  const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}`;

  it("asks for each item of a transaction with its partition key", async () => {
    await db.start(table());
    db.gate.asked.length = 0;
    await db.transact([
      { Put: { TableName: TABLE, Item: { ...key("a"), n: { N: "1" } } } },
      { ConditionCheck: { TableName: TABLE, Key: key("b"), ConditionExpression: "attribute_not_exists(pk)" } },
    ]);
    expect(db.gate.asked).toEqual([
      {
        action: "dynamodb:PutItem",
        resource: arn,
        context: {
          "dynamodb:LeadingKeys": ["a"],
          "dynamodb:Attributes": ["n", "pk", "sk"],
          "dynamodb:EnclosingOperation": "TransactWriteItems",
        },
      },
      {
        action: "dynamodb:ConditionCheckItem",
        resource: arn,
        context: {
          "dynamodb:LeadingKeys": ["b"],
          "dynamodb:Attributes": ["pk", "sk"],
          "dynamodb:EnclosingOperation": "TransactWriteItems",
        },
      },
    ]);
  });

  it("asks for the index with the value of the key condition when an index is queried", async () => {
    await db.start(table(BY_OWNER));
    db.gate.asked.length = 0;
    await db.ownersItems("ann");
    expect(db.gate.asked[0]).toMatchObject({
      action: "dynamodb:Query",
      resource: `${arn}/index/byOwner`,
      context: { "dynamodb:LeadingKeys": ["ann"], "dynamodb:Select": "ALL_PROJECTED_ATTRIBUTES" },
    });
  });

  it("asks for all keys of a batch", async () => {
    await db.start(table());
    db.gate.asked.length = 0;
    await db.client.send(
      new BatchWriteItemCommand({
        RequestItems: { [TABLE]: [{ PutRequest: { Item: key("x") } }, { DeleteRequest: { Key: key("y") } }] },
      }),
    );
    expect(db.gate.asked).toMatchObject([
      { action: "dynamodb:BatchWriteItem", resource: arn, context: { "dynamodb:LeadingKeys": ["x", "y"] } },
    ]);
  });

  it("answers a denial as DynamoDB does and writes nothing", async () => {
    const message = "User: arn:aws:sts::000000000000:assumed-role/R is not authorized to perform: dynamodb:PutItem";
    const denying = openGate();
    await db.start(
      table(),
      {},
      {
        gate: {
          ...denying,
          authorize: (_caller, ...accesses) => {
            if (accesses.some((access) => access.action === "dynamodb:PutItem")) {
              throw new AwsError(403, "AccessDeniedException", message);
            }
          },
        },
      },
    );
    expect(await failure(db.put("a"))).toMatchObject({
      name: "AccessDeniedException",
      message,
      $metadata: { httpStatusCode: 400 },
    });
    expect(await db.get("a")).toBeUndefined();
  });
});
