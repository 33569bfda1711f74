import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { failure } from "./failure.ts";
import { startDoomed } from "./kill-nine.ts";
import { BY_OWNER, TABLE, dynamoDbUnderTest, eventually, key, table } from "./dynamodb-under-test.ts";

const db = dynamoDbUnderTest();

describe("tables", () => {
  it("returns Ref and Arn, and describes keys, indexes and tags as set by CloudFormation", async () => {
    const created = await db.start(table({ ...BY_OWNER, Tags: [{ Key: "app", Value: "x" }] }));
    expect(created).toEqual({
      ref: TABLE,
      attributes: { Arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}` },
    });
    const { Table } = await db.client.send(new DescribeTableCommand({ TableName: TABLE }));
    expect(Table?.TableStatus).toBe("ACTIVE");
    expect(Table?.GlobalSecondaryIndexes?.[0]).toMatchObject({ IndexName: "byOwner", IndexStatus: "ACTIVE" });
    const tags = await db.client.send(new ListTagsOfResourceCommand({ ResourceArn: created.attributes.Arn }));
    expect(tags.Tags).toEqual([{ Key: "app", Value: "x" }]);
    expect((await db.client.send(new ListTablesCommand({}))).TableNames).toEqual([TABLE]);
  });

  it("keeps items across a restart with the same template", async () => {
    await db.start(table(BY_OWNER));
    await db.put("a", { owner: { S: "ann" }, title: { S: "T" }, size: { N: "1" } });
    await db.restart(table(BY_OWNER));
    expect(await db.get("a")).toMatchObject({ size: { N: "1" } });
    expect(await db.ownersItems("ann")).toEqual([{ ...key("a"), owner: { S: "ann" }, title: { S: "T" } }]);
  });

  it("backfills an index that a later template adds, and drops one that it removes", async () => {
    await db.start(table());
    for (let i = 0; i < 5; i++) await db.put(`item${i}`, { owner: { S: "ann" } });
    await db.put("other");
    await db.restart(table(BY_OWNER));
    expect(await db.ownersItems("ann")).toHaveLength(5);
    await db.restart(table());
    expect(await failure(db.ownersItems("ann"))).toMatchObject({ name: "ValidationException" });
    await db.client.send(new DeleteItemCommand({ TableName: TABLE, Key: key("item0") }));
    await db.restart(table(BY_OWNER));
    expect(await db.ownersItems("ann")).toHaveLength(4);
  });

  it("rejects a template with a different key instead of losing the items", async () => {
    await db.start(table());
    const other = table({
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    });
    await expect(db.restart(other)).rejects.toThrow(/has the key \(pk:S,sk:S\).*defines \(pk:S\)/);
  });

  it("lists each of thousands of items with equal index keys once, page by page", async () => {
    await db.start(table(BY_OWNER));
    const count = 6000;
    for (let first = 0; first < count; first += 25) {
      const requests = Array.from({ length: 25 }, (_, i) => ({
        PutRequest: { Item: { ...key(`item${first + i}`), owner: { S: "ann" } } },
      }));
      await db.client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests } }));
    }
    const ids = (await db.ownersItems("ann")).map((item) => item.pk?.S);
    expect(ids).toHaveLength(count);
    expect(new Set(ids).size).toBe(count);
  });

  it("creates a table by the API and rejects a second one of the same name", async () => {
    await db.start(table());
    const command = new CreateTableCommand({
      TableName: "Second",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
    });
    await db.client.send(command);
    expect(await failure(db.client.send(command))).toMatchObject({ name: "ResourceInUseException" });
  });

  it("reports a table that does not exist", async () => {
    await db.start(table());
    const read = db.client.send(new GetItemCommand({ TableName: "Nowhere", Key: key("a") }));
    expect(await failure(read)).toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("index delay", () => {
  it("shows a write late on the index, immediately on the table, and applies pending entries after a restart", async () => {
    await db.start(table(BY_OWNER), { indexDelayMs: 250 });
    await db.put("a", { owner: { S: "ann" } });
    expect(await db.get("a")).toBeDefined();
    expect(await db.ownersItems("ann")).toEqual([]);
    expect(
      await eventually(
        () => db.ownersItems("ann"),
        (items) => items.length > 0,
      ),
    ).toHaveLength(1);

    await db.restart(table(BY_OWNER), { indexDelayMs: 3_600_000 });
    await db.put("b", { owner: { S: "ann" } });
    expect(await db.ownersItems("ann")).toHaveLength(1);
    await db.restart(table(BY_OWNER), { indexDelayMs: 3_600_000 });
    expect(await db.ownersItems("ann")).toHaveLength(2);
  });
});

describe("time to live", () => {
  it("deletes items that expire by the cloud's clock, from the index too", async () => {
    await db.start(table({ ...BY_OWNER, TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: "true" } }));
    const inAnHour = String(Math.floor(db.nowMs / 1000) + 3600);
    await db.put("short", { owner: { S: "ann" }, expiresAt: { N: inAnHour } });
    await db.put("long", { owner: { S: "ann" }, expiresAt: { N: String(Number(inAnHour) + 86400) } });
    await db.put("ancient", { expiresAt: { N: "1000" } });
    db.nowMs += 3_700_000;
    await eventually(
      () => db.get("short"),
      (item) => item === undefined,
    );
    expect((await db.ownersItems("ann")).map((item) => item.pk?.S)).toEqual(["long"]);
    expect(await db.get("ancient")).toBeDefined();
  });

  it("is described and can be switched by the API", async () => {
    await db.start(table());
    const describe = () => db.client.send(new DescribeTimeToLiveCommand({ TableName: TABLE }));
    expect((await describe()).TimeToLiveDescription).toEqual({ TimeToLiveStatus: "DISABLED" });
    const enable = new UpdateTimeToLiveCommand({
      TableName: TABLE,
      TimeToLiveSpecification: { AttributeName: "until", Enabled: true },
    });
    await db.client.send(enable);
    expect((await describe()).TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "until" });
    expect(await failure(db.client.send(enable))).toMatchObject({ name: "ValidationException" });
  });
});

describe("a killed process", () => {
  it("keeps every acknowledged write, whole transactions only, and indexes consistent with their items", async () => {
    const doomed = await startDoomed("dynamodb", db.folder, table(BY_OWNER));
    db.connect(doomed.url);
    let acknowledged = 0;
    const write = async (): Promise<void> => {
      for (let i = 0; ; i++) {
        await db.transact([
          { Put: { TableName: TABLE, Item: { ...key(`left${i}`), owner: { S: "ann" } } } },
          { Put: { TableName: TABLE, Item: { ...key(`right${i}`), owner: { S: "ann" } } } },
        ]);
        acknowledged = i + 1;
      }
    };
    const writing = failure(write());
    await eventually(
      async () => acknowledged,
      (count) => count >= 100,
    );
    await doomed.kill();
    await writing;
    db.client.destroy();

    await db.start(table(BY_OWNER));
    const { Items: items = [] } = await db.client.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }));
    const left = items.filter((item) => item.pk?.S?.startsWith("left"));
    expect(left.length).toBeGreaterThanOrEqual(acknowledged);
    expect(items).toHaveLength(left.length * 2);
    expect(await db.ownersItems("ann")).toHaveLength(items.length);
  });
});
