import { join } from "node:path";
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand as DocumentQuery } from "@aws-sdk/lib-dynamodb";
import { Database } from "../../local/dynamodb/database.ts";
import { failure } from "./failure.ts";
import { TABLE, dynamoDbUnderTest, key, table } from "./dynamodb-under-test.ts";

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

  it("updates, adds, removes and returns the requested values", async () => {
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

  it("returns the stored item with a failed condition when requested", async () => {
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
  it("are checked one at a time, however close the writes", async () => {
    await db.start(table());
    await db.service!.stop();
    const database = await Database.open(join(db.folder, "leveldb"), 0);
    const increment = () =>
      database.write(async (changes) => {
        const n = Number(changes.item(TABLE, "counter")?.n?.N ?? 0) + 1;
        changes.putItem(TABLE, "counter", { ...key("counter"), n: { N: String(n) } });
      });
    await Promise.all(Array.from({ length: 50 }, increment));
    await database.write(async (changes) => {
      expect(changes.item(TABLE, "counter")?.n).toEqual({ N: "50" });
    });
    await database.close();
  });

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
