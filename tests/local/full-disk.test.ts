import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { CognitoIdentityProviderClient, SignUpCommand } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { key, TABLE, table } from "./dynamodb-under-test.ts";
import { failure } from "./failure.ts";
import { startDoomed } from "./kill-nine.ts";
import { startSeparateCloud } from "./separate-cloud.ts";
import type { SeparateCloud } from "./separate-cloud.ts";
import { temporaryFolder } from "./tiny-assembly.ts";

let cloud: SeparateCloud;
beforeEach(async () => {
  cloud = await startSeparateCloud();
});
afterEach(() => cloud?.stop());

const to = (name: string, maxAttempts = 1) => ({
  region: "us-east-1",
  endpoint: cloud.endpoints[name]!,
  credentials: cloud.operator,
  maxAttempts,
});

const put = (pk: string) => new PutItemCommand({ TableName: cloud.outputs.Table, Item: { pk: { S: pk } } });
const get = (pk: string) => new GetItemCommand({ TableName: cloud.outputs.Table, Key: { pk: { S: pk } } });
const upload = (Key: string) => new PutObjectCommand({ Bucket: "wares", Key, Body: "some" });
const converse = () =>
  new ConverseCommand({
    modelId: "amazon.nova-micro-v1:0",
    messages: [{ role: "user", content: [{ text: "Hello" }] }],
  });
const signUp = (Username: string) =>
  new SignUpCommand({ ClientId: cloud.outputs.Client, Username, Password: "Some-Password-1" });

const lines = (file: string) =>
  readFileSync(join(cloud.data, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test.each([
  ["ENOSPC", "its disk is full"],
  ["EDQUOT", "its disk quota is used up"],
  ["EMFILE", "too many files are open"],
])("%s fails what needs room, ends nothing, and is over when there is room", async (code, meaning) => {
  const database = new DynamoDBClient(to("dynamodb"));
  const objects = new S3Client(to("s3"));
  const people = new CognitoIdentityProviderClient(to("cognito-identity-provider"));
  const functions = new LambdaClient(to("lambda"));
  const models = new BedrockRuntimeClient(to("bedrock-runtime"));
  await database.send(put("before"));
  await objects.send(upload("before"));
  const { UploadId } = await objects.send(new CreateMultipartUploadCommand({ Bucket: "wares", Key: "parts" }));
  const part = new UploadPartCommand({ Bucket: "wares", Key: "parts", UploadId, PartNumber: 1, Body: "some" });
  await functions.send(new InvokeCommand({ FunctionName: cloud.outputs.Greet }));
  const segments = () => readdirSync(join(cloud.data, "s3", "wares", "data")).length;

  await cloud.failWrites(code);
  for (const pk of ["first", "second"]) {
    expect(await failure(database.send(put(pk)))).toMatchObject({
      name: "InternalServerError",
      $metadata: { httpStatusCode: 500 },
    });
  }
  expect(await failure(objects.send(upload("during")))).toMatchObject({ name: "InternalError" });
  expect(await failure(objects.send(upload("before")))).toMatchObject({ name: "InternalError" });
  expect(await failure(objects.send(part))).toMatchObject({ name: "InternalError" });
  expect(await failure(people.send(signUp("ann@example.com")))).toMatchObject({ name: "InternalErrorException" });
  expect(await failure(models.send(converse()))).toMatchObject({
    name: "ServiceUnavailableException",
    $metadata: { httpStatusCode: 503 },
  });
  // What needs no room works.
  expect((await database.send(get("before"))).Item).toEqual({ pk: { S: "before" } });
  const { Body } = await objects.send(new GetObjectCommand({ Bucket: "wares", Key: "before" }));
  expect(await Body?.transformToString()).toBe("some");
  const { Payload } = await functions.send(new InvokeCommand({ FunctionName: cloud.outputs.Greet }));
  expect(Payload?.transformToString()).toBe('"hello"');
  expect(segments()).toBe(1);
  // A client that retries gets through once there is room.
  const patient = new DynamoDBClient({ ...to("dynamodb"), maxAttempts: 20 }).send(put("patient"));

  await cloud.failWrites();
  await patient;
  await database.send(put("after"));
  await objects.send(upload("after"));
  await objects.send(part);
  await people.send(signUp("bob@example.com"));
  await models.send(converse());
  for (const pk of ["patient", "after"]) expect((await database.send(get(pk))).Item).toEqual({ pk: { S: pk } });
  expect(segments()).toBe(3);
  expect(lines("model-calls.jsonl").map(({ status }) => status)).toEqual(["ok"]);
  expect(lines("cognito-identity-provider/outbox.jsonl").map(({ to }) => to)).toEqual(["bob@example.com"]);
  expect(cloud.isRunning()).toBe(true);
  // LevelDB's own error says ENOSPC whatever the code.
  const told = cloud.console().trim().split("\n");
  expect(told.filter((line) => line.includes(code))).toEqual([
    `The local cloud has no room: ${meaning} (${code}). Requests that need some fail until there is; free some, and they work again.`,
  ]);
  expect(told.every((line) => line.startsWith("The local cloud has no room: "))).toBe(true);
});

const limitFiles = (pid: number, bytes: number | "unlimited") =>
  spawnSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:unlimited`]).status === 0;
/** A limit on the size of files is the one lack of room that a test can make and end without being root. */
const canLimit = limitFiles(process.pid, "unlimited");

(canLimit ? test : test.skip)(
  "a table that really ran out of room keeps all it acknowledged, also through kill -9",
  async () => {
    const folder = temporaryFolder("full");
    const start = async () => {
      const child = await startDoomed("dynamodb", folder, table());
      return { ...child, database: new DynamoDBClient({ ...to("dynamodb"), endpoint: child.url }) };
    };
    let started = await start();
    const text = randomBytes(15_000).toString("hex");
    const acknowledged: string[] = [];
    const failed: string[] = [];
    const write = async (pk: string) => {
      const request = new PutItemCommand({ TableName: TABLE, Item: { ...key(pk), text: { S: pk + text } } });
      await started.database.send(request).then(
        () => acknowledged.push(pk),
        () => failed.push(pk),
      );
    };
    try {
      for (const round of [1, 2, 3]) {
        limitFiles(started.pid, 100_000 * round);
        for (let index = 0; index < 10; index += 1) await write(`${round}-full-${index}`);
        limitFiles(started.pid, "unlimited");
        for (let index = 0; index < 10; index += 1) await write(`${round}-room-${index}`);
        await started.kill();
        started = await start();
      }
      expect(failed.length).toBeGreaterThan(3);
      expect(acknowledged.filter((pk) => pk.includes("room")).length).toBe(30);
      for (const pk of acknowledged) {
        const { Item } = await started.database.send(new GetItemCommand({ TableName: TABLE, Key: key(pk) }));
        expect(Item?.text?.S === pk + text).toBe(true);
      }
    } finally {
      await started.kill();
      rmSync(folder, { recursive: true });
    }
  },
);
