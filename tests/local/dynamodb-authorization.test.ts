import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { IamGate } from "../../local/iam/gate.ts";
import { Roles } from "../../local/iam/roles.ts";
import { failure } from "./failure.ts";
import { BY_OWNER, TABLE, dynamoDbUnderTest, key, table } from "./dynamodb-under-test.ts";

const db = dynamoDbUnderTest();
const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}`;

describe("authorization", () => {
  it("authorizes each item of a transaction with its partition key", async () => {
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

  it("authorizes a query of an index on the index, with the value of the key condition", async () => {
    await db.start(table(BY_OWNER));
    db.gate.asked.length = 0;
    await db.ownersItems("ann");
    expect(db.gate.asked[0]).toMatchObject({
      action: "dynamodb:Query",
      resource: `${arn}/index/byOwner`,
      context: { "dynamodb:LeadingKeys": ["ann"], "dynamodb:Select": "ALL_PROJECTED_ATTRIBUTES" },
    });
  });

  it("authorizes all keys of a batch", async () => {
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

  it("restricts a tenant to the partitions that a role's leading-keys condition names, for every operation", async () => {
    const gate = await startForTenant("ann");
    await db.put("OWNER#ann", { n: { N: "1" } });
    await db.transact([{ Put: { TableName: TABLE, Item: key("OWNER#ann", "2") } }]);
    const theirs = key("OWNER#bob");
    const both = [key("OWNER#ann"), theirs];
    const attempts = [
      db.put("OWNER#bob"),
      db.get("OWNER#bob"),
      db.transact([
        { Put: { TableName: TABLE, Item: key("OWNER#ann") } },
        { Delete: { TableName: TABLE, Key: theirs } },
      ]),
      db.client.send(new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: both } } })),
      db.client.send(
        new BatchWriteItemCommand({ RequestItems: { [TABLE]: both.map((Item) => ({ PutRequest: { Item } })) } }),
      ),
      db.client.send(
        new QueryCommand({
          TableName: TABLE,
          KeyConditionExpression: "pk = :p",
          ExpressionAttributeValues: { ":p": theirs.pk },
        }),
      ),
    ];
    for (const attempt of attempts) {
      expect(await failure(attempt)).toMatchObject({
        name: "AccessDeniedException",
        message: expect.stringMatching(
          /assumed-role\/Worker\/task is not authorized to perform: dynamodb:\w+ on resource: /,
        ),
        $metadata: { httpStatusCode: 400 },
      });
    }
    db.client.destroy();
    db.connect(db.url, gate.operator());
    const { Items } = await db.client.send(new ScanCommand({ TableName: TABLE }));
    expect(Items?.map((item) => [item.pk?.S, item.sk?.S])).toEqual([
      ["OWNER#ann", "-"],
      ["OWNER#ann", "2"],
    ]);
  });

  it("does not reveal to unauthorized callers whether a table exists", async () => {
    await startForTenant("ann");
    const read = db.client.send(new GetItemCommand({ TableName: "Secrets", Key: key("a") }));
    expect(await failure(read)).toMatchObject({ name: "AccessDeniedException" });
  });

  it("rejects a request signed with another secret", async () => {
    const gate = await startForTenant("ann");
    db.client.destroy();
    db.connect(db.url, { ...gate.operator(), secretAccessKey: "wrong" });
    expect(await failure(db.get("OWNER#ann"))).toMatchObject({ name: "InvalidSignatureException" });
  });
});

/** The real gate; the client acts as a task with the role `Worker` and the session tag `owner`. */
async function startForTenant(owner: string): Promise<IamGate> {
  const roles = new Roles("000000000000");
  const { arn: roleArn } = roles.addRole({
    path: "Stack/Worker",
    logicalId: "Worker",
    type: "AWS::IAM::Role",
    properties: {
      RoleName: "Worker",
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "x" } }],
      },
      Policies: [
        {
          PolicyName: "OwnItems",
          PolicyDocument: {
            Statement: [
              {
                Effect: "Allow",
                Action: ["PutItem", "GetItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem"].map(
                  (action) => `dynamodb:${action}`,
                ),
                Resource: arn,
                Condition: {
                  "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["OWNER#${aws:PrincipalTag/owner}"] },
                },
              },
            ],
          },
        },
      ],
    },
  });
  const gate = new IamGate({ region: "us-east-1", clock: { now: () => db.nowMs }, roles });
  await db.start(table(), {}, { gate });
  db.client.destroy();
  db.connect(db.url, gate.issue(roleArn, "task", { tags: { owner } }));
  return gate;
}
