import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dynamodb } from "../../local/dynamodb/dynamodb.ts";
import { IamGate } from "../../local/iam/gate.ts";
import { Roles } from "../../local/iam/roles.ts";
import type { Credentials, Service } from "../../local/service.ts";
import { startApi } from "./appsync-api.ts";
import type { TestApi } from "./appsync-api.ts";
import { TestSocket } from "./appsync-socket.ts";
import { testContext } from "./open-gate.ts";

const clock = { now: () => Date.now() };
const roles = new Roles("000000000000");
const gate = new IamGate({ region: "us-east-1", clock, roles });
const folder = mkdtempSync(join(tmpdir(), "appsync-iam-"));

let tables: Service;
let api: TestApi;
let worker: Credentials;

beforeAll(async () => {
  tables = dynamodb();
  const tablesUrl = await tables.start(testContext(folder, { gate }));
  await tables.create({
    path: "Test/Jobs",
    logicalId: "Jobs",
    type: "AWS::DynamoDB::Table",
    properties: {
      TableName: "Jobs",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    },
  });
  const readOnly = role(
    "Reader",
    "appsync.amazonaws.com",
    ["dynamodb:GetItem"],
    "arn:aws:dynamodb:us-east-1:000000000000:table/Jobs",
  );
  api = await startApi({
    schema: `type Query { read: AWSJSON write: AWSJSON other: AWSJSON }
      type Mutation { touch: AWSJSON } type Subscription { onTouch: AWSJSON @aws_subscribe(mutations: ["touch"]) onOther: AWSJSON @aws_subscribe(mutations: ["touch"]) }`,
    resolvers: [
      {
        field: "Query.read",
        request: `return ddb.get({ key: { id: "1" } });`,
        response: "return { error: ctx.error };",
        dataSource: "Jobs",
      },
      {
        field: "Query.write",
        request: `return ddb.put({ key: { id: "1" }, item: {} });`,
        response: "return { error: ctx.error };",
        dataSource: "Jobs",
      },
      { field: "Query.other", response: "return ctx.identity;" },
      { field: "Mutation.touch" },
    ],
    dataSources: [
      { Name: "Jobs", Type: "AMAZON_DYNAMODB", ServiceRoleArn: readOnly, DynamoDBConfig: { TableName: "Jobs" } },
    ],
    context: { gate, clock, endpoints: { dynamodb: tablesUrl } },
  });
  const fields = ["Query/fields/read", "Query/fields/write", "Subscription/fields/onTouch"].map(
    (each) => `${api.attributes.Arn}/types/${each}`,
  );
  worker = gate.issue(role("Worker", "ecs-tasks.amazonaws.com", ["appsync:GraphQL"], fields), "task");
});

afterAll(async () => {
  await api?.stop();
  await tables?.stop();
  await rm(folder, { recursive: true });
});

/** @returns the ARN of a new role that `service` may assume and that allows `actions` on `resources` */
function role(name: string, service: string, actions: string[], resources: string | string[]): string {
  const { arn } = roles.addRole({
    path: `Test/${name}`,
    logicalId: name,
    type: "AWS::IAM::Role",
    properties: {
      RoleName: name,
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
      },
      Policies: [
        {
          PolicyName: "Own",
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: actions, Resource: resources }],
          },
        },
      ],
    },
  });
  return arn;
}

/** Headers of a request signed as a client of AppSync signs it. */
async function signed(
  path: string,
  body: string,
  credentials: Omit<Credentials, "expiresAtMs"> = worker,
): Promise<Record<string, string>> {
  const url = new URL(api.url);
  const signer = new SignatureV4({ credentials, region: "us-east-1", service: "appsync", sha256: Sha256 });
  const { headers } = await signer.sign({
    method: "POST",
    protocol: "http:",
    hostname: url.hostname,
    path,
    headers: { host: url.host, "content-type": "application/json" },
    body,
  });
  return headers;
}

async function ask(query: string, credentials?: Credentials): Promise<any> {
  const body = JSON.stringify({ query });
  return (await fetch(api.url, { method: "POST", headers: await signed("/graphql", body, credentials), body })).json();
}

test("a signed request can access the fields that its role allows, through the data source's role", async () => {
  expect(await ask("{ read }")).toEqual({ data: { read: "{}" } });
});

test("a field that the role does not allow is Unauthorized, with a message naming role, action and resource", async () => {
  const { data, errors } = await ask("{ read other }");
  expect(data).toEqual({ read: "{}", other: null });
  expect(errors[0]).toMatchObject({
    errorType: "Unauthorized",
    message: "Not Authorized to access other on type Query",
  });
  expect(errors[0].errorInfo).toMatch(
    /assumed-role\/Worker\/task is not authorized to perform: appsync:GraphQL on resource: .*\/types\/Query\/fields\/other/,
  );
});

test("a denial of the data source's role is an error for the response handler", async () => {
  const { data } = await ask("{ write }");
  const { error } = JSON.parse(data.write);
  expect(error.type).toBe("DynamoDB:AccessDeniedException");
  expect(error.message).toMatch(
    /assumed-role\/Reader\/APPSYNC_ASSUME_ROLE is not authorized to perform: dynamodb:PutItem/,
  );
});

test("the caller is the role's session", async () => {
  const identity = JSON.parse((await ask("{ other }", gate.operator())).data.other);
  expect(identity).toMatchObject({
    accountId: "000000000000",
    userArn: "arn:aws:iam::000000000000:root",
    sourceIp: ["127.0.0.1"],
  });
});

test("a signature with a wrong secret is rejected", async () => {
  const { errors } = await ask("{ read }", { ...worker, secretAccessKey: "guessed" });
  expect(errors[0].errorType).toBe("InvalidSignatureException");
});

test("a WebSocket opens with a signature over /graphql/connect, and each start needs its own", async () => {
  const socket = await TestSocket.open(api.attributes.RealtimeUrl!, await signed("/graphql/connect", "{}"));
  socket.send({ type: "connection_init" });
  expect((await socket.next()).type).toBe("connection_ack");
  const start = async (query: string, over = query) =>
    socket.subscribe(query, query, await signed("/graphql", JSON.stringify({ query: over, variables: {} })));
  expect((await start("subscription { onTouch }")).type).toBe("start_ack");
  expect((await start("subscription { onOther }")).payload.errors[0]).toMatchObject({ errorType: "Unauthorized" });
  expect((await start("subscription { t: onTouch }", "subscription { other }")).payload.errors[0].errorType).toBe(
    "InvalidSignatureException",
  );
  await socket.close();
});

test("a WebSocket does not open with a signature over another path", async () => {
  const socket = await TestSocket.open(api.attributes.RealtimeUrl!, await signed("/graphql", "{}"));
  expect((await socket.next()).type).toBe("connection_error");
  await socket.whenClosed();
});
