import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { startCloud } from "../../local/cloud.ts";
import type { Cloud } from "../../local/cloud.ts";
import { temporaryFolder, tinyAssembly } from "./tiny-assembly.ts";

const role = (service: string) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
    },
    ManagedPolicyArns: [{ Ref: "Reading" }],
  },
});
const table = {
  Type: "AWS::DynamoDB::Table",
  Properties: {
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  },
};
const reading = {
  Type: "AWS::IAM::ManagedPolicy",
  Properties: {
    PolicyDocument: {
      Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: { "Fn::GetAtt": ["Jobs", "Arn"] } }],
    },
  },
};
const writing = {
  Type: "AWS::IAM::Policy",
  Properties: {
    PolicyName: "writing",
    Roles: [{ Ref: "Writer" }],
    PolicyDocument: {
      Statement: [{ Effect: "Allow", Action: "dynamodb:PutItem", Resource: { "Fn::GetAtt": ["Jobs", "Arn"] } }],
    },
  },
};
const assembly = tinyAssembly({
  root: {
    Resources: {
      Jobs: table,
      Reading: reading,
      Writing: writing,
      Reader: role("lambda.amazonaws.com"),
      Writer: role("lambda.amazonaws.com"),
      Log: { Type: "AWS::Logs::LogGroup" },
    },
    Outputs: { Table: { Value: { Ref: "Jobs" } }, Log: { Value: { "Fn::GetAtt": ["Log", "Arn"] } } },
  },
});
const data = temporaryFolder("data");
const clouds: Cloud[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.stop();
});
afterAll(() => [assembly, data].forEach((folder) => rmSync(folder, { recursive: true })));

async function start(options: Partial<Parameters<typeof startCloud>[0]> = {}): Promise<Cloud> {
  const cloud = await startCloud({ assembly, data, log: () => undefined, ...options });
  clouds.push(cloud);
  return cloud;
}

test("runs the assembly, resolves its outputs and keeps data between starts", async () => {
  const first = await start();
  expect(first.outputs).toEqual({
    Table: "Tiny-Jobs",
    Log: "arn:aws:logs:us-east-1:000000000000:log-group:Tiny-Log:*",
  });
  expect(first.resource("Tiny/Jobs")?.attributes.Arn).toBe("arn:aws:dynamodb:us-east-1:000000000000:table/Tiny-Jobs");
  expect(first.resourcesOf("AWS::IAM::Role").map(({ path }) => path)).toEqual(["Tiny/Reader", "Tiny/Writer"]);
  await dynamodb(first, first.operator).send(new PutItemCommand({ TableName: "Tiny-Jobs", Item: { pk: { S: "a" } } }));
  await first.stop();
  const second = await start();
  const read = new GetItemCommand({ TableName: "Tiny-Jobs", Key: { pk: { S: "a" } } });
  expect((await dynamodb(second, second.operator).send(read)).Item).toEqual({ pk: { S: "a" } });
  expect(JSON.parse(readFileSync(join(data, "state.json"), "utf8"))["Tiny/Jobs"]).toEqual({
    type: "AWS::DynamoDB::Table",
    physicalId: "Tiny-Jobs",
  });
});

test("every service and site has the same address after a restart, so that open pages find them again", async () => {
  const first = await start();
  await first.stop();
  const second = await start();
  expect(addressesOf(second)).toEqual(addressesOf(first));
  expect(Object.keys(addressesOf(second))).toEqual(
    expect.arrayContaining(["appsync", "bedrock-runtime", "cloudfront"]),
  );
});

test("a port that another program has taken meanwhile is replaced, and remembered from then on", async () => {
  const first = await start();
  await first.stop();
  const squatter = await squatOn(first.endpoints.appsync!);
  const second = await start();
  await new Promise((closed) => squatter.close(closed));
  await second.stop();
  const third = await start();
  const changed = Object.entries(second.endpoints).filter(([name, url]) => first.endpoints[name] !== url);
  expect(changed.map(([name]) => name).filter((name) => name !== "control")).toEqual(["appsync"]);
  expect(addressesOf(third)).toEqual(addressesOf(second));
});

test("a port that was asked for is the site's at later starts too", async () => {
  const port = await freePort();
  const asked = await start({ sitePort: port });
  await asked.stop();
  const later = await start();
  expect([asked, later].map(({ endpoints }) => endpoints.cloudfront)).toEqual(
    Array(2).fill(`http://127.0.0.1:${port}`),
  );
});

test("enforces the synthesized policies and records decisions", async () => {
  const cloud = await start();
  const as = (name: string) =>
    dynamodb(cloud, cloud.credentialsOf(cloud.resource(`Tiny/${name}`)!.attributes.Arn!, "test"));
  const put = new PutItemCommand({ TableName: "Tiny-Jobs", Item: { pk: { S: "b" } } });
  await as("Writer").send(put);
  await expect(as("Reader").send(put)).rejects.toMatchObject({
    name: "AccessDeniedException",
    message:
      "User: arn:aws:sts::000000000000:assumed-role/Tiny-Reader/test is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Tiny-Jobs because no identity-based policy allows the dynamodb:PutItem action",
  });
  await as("Reader").send(new GetItemCommand({ TableName: "Tiny-Jobs", Key: { pk: { S: "b" } } }));
  const lines = readFileSync(join(data, "iam-calls.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ role, action, decision, statements }) => [role, action, decision, statements])).toEqual([
    ["Tiny/Writer", "dynamodb:PutItem", "allow", ["Tiny/Writer/writing/0"]],
    ["Tiny/Reader", "dynamodb:PutItem", "implicit-deny", []],
    ["Tiny/Reader", "dynamodb:GetItem", "allow", ["Tiny/Reader/Tiny-Reading/0"]],
  ]);
});

test("provides environment variables that point the SDK at the cloud", async () => {
  const cloud = await start();
  expect(cloud.environment()).toMatchObject({
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_DYNAMODB: cloud.endpoints.dynamodb,
    AWS_ENDPOINT_URL_STS: cloud.endpoints.sts,
  });
  expect(cloud.environment()).not.toHaveProperty("AWS_ENDPOINT_URL_CONTROL");
  const sts = new STSClient({ region: "us-east-1", endpoint: cloud.endpoints.sts!, credentials: cloud.operator });
  expect((await sts.send(new GetCallerIdentityCommand())).Arn).toBe("arn:aws:iam::000000000000:root");
});

/** But for the control endpoint's: a stale lock is recognized by its address. */
function addressesOf({ endpoints }: Pick<Cloud, "endpoints">): Record<string, string> {
  const { control: _, ...services } = endpoints;
  return services;
}

async function squatOn(url: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(Number(new URL(url).port), "127.0.0.1", listening));
  return server;
}

async function freePort(): Promise<number> {
  const server = await squatOn("http://127.0.0.1:0");
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

test("rejects a second start on the same folder, naming the first one's address", async () => {
  const cloud = await start();
  await expect(start()).rejects.toThrow(
    `The data directory ${data} is in use by the local cloud at ${cloud.endpoints.control}`,
  );
  expect(await isHealthy(cloud)).toBe(true);
});

test("replaces the lock of a process that is gone, even if its id was reused", async () => {
  const { pid } = await deadProcess();
  const controlUrl = "http://127.0.0.1:9";
  for (const stale of [pid, process.pid]) {
    writeFileSync(join(data, "lock.json"), JSON.stringify({ pid: stale, url: controlUrl, controlUrl }));
    const cloud = await start();
    await cloud.stop();
    expect(existsSync(join(data, "lock.json"))).toBe(false);
  }
});

test("rejects a data directory that cannot be written", async () => {
  const file = join(data, "file");
  writeFileSync(file, "");
  await expect(start({ data: join(file, "sub") })).rejects.toThrow(
    /^The data directory .*file\/sub cannot be written \(ENOTDIR\)\. Choose another directory/,
  );
});

test("rejects an unknown resource type by name and path, and unlocks the folder", async () => {
  const unknown = tinyAssembly({ root: { Resources: { Queue: { Type: "AWS::SQS::Queue" } } } });
  await expect(start({ assembly: unknown })).rejects.toThrow(
    "Tiny/Queue has the type AWS::SQS::Queue, which the local cloud neither emulates",
  );
  rmSync(unknown, { recursive: true });
  expect(existsSync(join(data, "lock.json"))).toBe(false);
});

test("names a resource that cannot be created, and stops what was started", async () => {
  const wrong = { ...reading, Properties: { ...reading.Properties, Users: ["ann"] } };
  const broken = tinyAssembly({ root: { Resources: { Jobs: table, Reading: wrong } } });
  await expect(start({ assembly: broken })).rejects.toThrow(
    "Tiny/Reading (AWS::IAM::ManagedPolicy) could not be created: Tiny/Reading is attached to Users",
  );
  rmSync(broken, { recursive: true });
  await start();
});

test("moves its clock through the control endpoint, but only with the token", async () => {
  const cloud = await start();
  const file = join(data, "control.json");
  const { url, token } = JSON.parse(readFileSync(file, "utf8"));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const post = (headers: Record<string, string>, body: unknown) =>
    fetch(`${url}/clock`, { method: "POST", headers, body: JSON.stringify(body) });
  const before = cloud.clock.now();
  expect((await post({}, { advanceMs: 1000 })).status).toBe(403);
  expect((await post({ "x-local-control": "x".repeat(token.length) }, { advanceMs: 1000 })).status).toBe(403);
  expect((await post({ "x-local-control": token }, { advanceMs: -1 })).status).toBe(400);
  expect(cloud.clock.now() - before).toBeLessThan(3_600_000);
  expect((await post({ "x-local-control": token }, { advanceMs: 3_600_000 })).status).toBe(200);
  expect(cloud.clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
  for (const absurd of ["1e17", "1e400", "3153600000000"]) {
    const answer = await fetch(`${url}/clock`, {
      method: "POST",
      headers: { "x-local-control": token },
      body: `{"advanceMs":${absurd}}`,
    });
    expect(answer.status).toBe(400);
    expect((await answer.json()).message).toMatch(
      /^The clock can be at most 100 years ahead \(3153600000000 milliseconds\); it is 3600000 milliseconds ahead and/,
    );
  }
  expect((await post({ "x-local-control": token }, { advanceMs: 3_153_600_000_000 - 3_600_000 })).status).toBe(200);
  const broken = await fetch(`${url}/tasks/%ZZ/kill`, { method: "POST", headers: { "x-local-control": token } });
  expect(broken.status).toBe(400);
  const tasks = await fetch(`${url}/tasks`, { headers: { "x-local-control": token } });
  expect(await tasks.json()).toEqual({ tasks: [] });
  const kill = await fetch(`${url}/tasks/nobody/kill`, { method: "POST", headers: { "x-local-control": token } });
  expect(kill.status).toBe(404);
});

test("keeps its data for its owner alone", async () => {
  const own = join(data, "own");
  const cloud = await start({ data: own, log: undefined });
  const signer = cloud.credentialsOf(cloud.resource("Tiny/Writer")!.attributes.Arn!, "test");
  await dynamodb(cloud, signer).send(new PutItemCommand({ TableName: "Tiny-Jobs", Item: { pk: { S: "c" } } }));
  const modeOf = (path: string) => statSync(join(own, path)).mode & 0o777;
  expect(modeOf(".")).toBe(0o700);
  for (const name of readdirSync(own)) {
    const isFolder = statSync(join(own, name)).isDirectory();
    // The lock says only where the cloud is.
    if (name !== "lock.json") expect([name, modeOf(name)]).toEqual([name, isFolder ? 0o700 : 0o600]);
  }
});

test("can be stopped twice, and is gone then", async () => {
  const cloud = await start();
  await Promise.all([cloud.stop(), cloud.stop()]);
  expect(await isHealthy(cloud)).toBe(false);
});

function dynamodb(cloud: Cloud, credentials: Cloud["operator"]): DynamoDBClient {
  return new DynamoDBClient({ region: "us-east-1", endpoint: cloud.endpoints.dynamodb!, credentials, maxAttempts: 1 });
}

async function isHealthy(cloud: Cloud): Promise<boolean> {
  return fetch(`${cloud.endpoints.control}/health`).then(
    (response) => response.ok,
    () => false,
  );
}

function deadProcess(): Promise<{ pid: number }> {
  const child = spawn(process.execPath, ["-e", ""]);
  return new Promise((resolve) => child.once("exit", () => resolve({ pid: child.pid! })));
}
