import { readdirSync, readFileSync } from "node:fs";
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
import { failure } from "./failure.ts";
import { startSeparateCloud } from "./separate-cloud.ts";
import type { SeparateCloud } from "./separate-cloud.ts";

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
