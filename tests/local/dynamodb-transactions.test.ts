import { TransactGetItemsCommand, TransactionCanceledException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { failure } from "./failure.ts";
import { TABLE, dynamoDbUnderTest, key, table } from "./dynamodb-under-test.ts";

const db = dynamoDbUnderTest();

describe("transactions", () => {
  const counter = (pk: string, by: number, condition = "attribute_exists(pk)"): TransactWriteItem => ({
    Update: {
      TableName: TABLE,
      Key: key(pk),
      UpdateExpression: "ADD n :by",
      ConditionExpression: condition,
      ExpressionAttributeValues: { ":by": { N: String(by) } },
    },
  });

  it("writes all items or none, with a reason for each", async () => {
    await db.start(table());
    await db.put("a", { n: { N: "1" } });
    const cancelled = await failure(
      db.transact([
        { Put: { TableName: TABLE, Item: key("new") } },
        {
          ConditionCheck: {
            TableName: TABLE,
            Key: key("a"),
            ConditionExpression: "n = :n",
            ExpressionAttributeValues: { ":n": { N: "2" } },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        counter("missing", 1),
      ]),
    );
    expect(cancelled).toBeInstanceOf(TransactionCanceledException);
    expect(cancelled.message).toContain("[None, ConditionalCheckFailed, ConditionalCheckFailed]");
    expect(cancelled.CancellationReasons).toEqual([
      { Code: "None" },
      {
        Code: "ConditionalCheckFailed",
        Message: "The conditional request failed",
        Item: { ...key("a"), n: { N: "1" } },
      },
      { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
    ]);
    expect(await db.get("new")).toBeUndefined();

    await db.transact([
      { Put: { TableName: TABLE, Item: key("new") } },
      counter("a", 4),
      { ConditionCheck: { TableName: TABLE, Key: key("none"), ConditionExpression: "attribute_not_exists(pk)" } },
    ]);
    expect(await db.get("new")).toEqual(key("new"));
    expect((await db.get("a"))?.n).toEqual({ N: "5" });
  });

  it("accepts 100 items; rejects 101, two operations on one item, and more than 4 MB", async () => {
    await db.start(table());
    const puts = (count: number, bytes = 1) =>
      Array.from({ length: count }, (_, i) => ({
        Put: { TableName: TABLE, Item: { ...key(`t${i}`), text: { S: "x".repeat(bytes) } } },
      }));
    await db.transact(puts(100));
    expect(await failure(db.transact(puts(101)))).toMatchObject({ name: "ValidationException" });
    expect(await failure(db.transact([...puts(1), counter("t0", 1)]))).toMatchObject({
      message: "Transaction request cannot include multiple operations on one item",
    });
    expect(await failure(db.transact(puts(11, 390 * 1024)))).toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("4 MB"),
    });
    expect((await db.get("t0"))?.text).toEqual({ S: "x" });
  });

  it("runs a transaction once per client token for ten minutes, even after a restart", async () => {
    await db.start(table());
    await db.put("a", { n: { N: "0" } });
    await db.transact([counter("a", 1)], "token-1");
    await db.transact([counter("a", 1)], "token-1");
    expect((await db.get("a"))?.n).toEqual({ N: "1" });
    expect(await failure(db.transact([counter("a", 2)], "token-1"))).toMatchObject({
      name: "IdempotentParameterMismatchException",
    });
    await db.restart(table());
    await db.transact([counter("a", 1)], "token-1");
    expect((await db.get("a"))?.n).toEqual({ N: "1" });
    db.nowMs += 11 * 60_000;
    await db.transact([counter("a", 1)], "token-1");
    expect((await db.get("a"))?.n).toEqual({ N: "2" });
  });

  it("allows a canceled transaction to be retried with its token", async () => {
    await db.start(table());
    expect(await failure(db.transact([counter("a", 1)], "again"))).toBeInstanceOf(TransactionCanceledException);
    await db.put("a", { n: { N: "0" } });
    await db.transact([counter("a", 1)], "again");
    expect((await db.get("a"))?.n).toEqual({ N: "1" });
  });

  it("rejects what overlaps a transaction in flight, and never writes partially", async () => {
    await db.start(table());
    await db.put("a", { n: { N: "0" } });
    await db.put("b", { n: { N: "0" } });
    const attempts = Array.from({ length: 40 }, () => db.transact([counter("a", 1), counter("b", -1)]));
    const singles = Array.from({ length: 40 }, (_, i) => db.put("a2", { i: { N: String(i) } }));
    const single = db.client.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: key("b"),
        UpdateExpression: "SET touched = :t",
        ExpressionAttributeValues: { ":t": { BOOL: true } },
      }),
    );
    const results = await Promise.allSettled([...attempts, single]);
    await Promise.all(singles);
    const refused = results.slice(0, 40).filter((result) => result.status === "rejected");
    const done = 40 - refused.length;
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason.CancellationReasons.map((r: { Code: string }) => r.Code)).toContain("TransactionConflict");
    }
    const last = results[40]!;
    if (last.status === "rejected") expect(last.reason).toMatchObject({ name: "TransactionConflictException" });
    expect((await db.get("a"))?.n).toEqual({ N: String(done) });
    expect((await db.get("b"))?.n).toEqual({ N: String(-done) });
  });

  it("keeps the sum through 300 concurrent conditional transfers", async () => {
    await db.start(table());
    const accounts = 60;
    for (let i = 0; i < accounts; i++) await db.put(`acc${i}`, { n: { N: "8" } });
    const transfer = async (round: number): Promise<boolean> => {
      const from = `acc${round % accounts}`;
      const to = `acc${(round * 7 + 5) % accounts}`;
      if (from === to) return false;
      const debit: TransactWriteItem = {
        Update: {
          TableName: TABLE,
          Key: key(from),
          UpdateExpression: "SET n = n - :x",
          ConditionExpression: "n >= :x",
          ExpressionAttributeValues: { ":x": { N: "3" } },
        },
      };
      for (;;) {
        try {
          await db.transact([debit, counter(to, 3)]);
          return true;
        } catch (error) {
          const codes = (error as TransactionCanceledException).CancellationReasons?.map((reason) => reason.Code) ?? [];
          if (!codes.includes("TransactionConflict")) {
            expect(codes).toContain("ConditionalCheckFailed");
            return false;
          }
          await new Promise((resolve) => setTimeout(resolve, 40 * Math.random()));
        }
      }
    };
    const done = await Promise.all(Array.from({ length: 300 }, (_, i) => transfer(i)));
    expect(done.filter(Boolean).length).toBeGreaterThan(50);
    const balances = await Promise.all(
      Array.from({ length: accounts }, async (_, i) => Number((await db.get(`acc${i}`))?.n?.N)),
    );
    expect(balances.reduce((sum, balance) => sum + balance, 0)).toBe(accounts * 8);
    expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
  });

  it("reads several items together", async () => {
    await db.start(table());
    await db.put("a", { n: { N: "1" } });
    const { Responses } = await db.client.send(
      new TransactGetItemsCommand({
        TransactItems: [
          { Get: { TableName: TABLE, Key: key("a"), ProjectionExpression: "n" } },
          { Get: { TableName: TABLE, Key: key("none") } },
        ],
      }),
    );
    expect(Responses).toEqual([{ Item: { n: { N: "1" } } }, {}]);
  });
});
