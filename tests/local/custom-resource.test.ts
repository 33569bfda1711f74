import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { customResource } from "../../local/custom-resource/custom-resource.ts";
import { lambda, type LambdaService } from "../../local/lambda/lambda.ts";
import type { CloudContext, Resource, Service } from "../../local/service.ts";
import { openGate, testContext } from "./open-gate.ts";

const CDK_ENTRYPOINT = path.join(
  path.dirname(createRequire(import.meta.url).resolve("aws-cdk-lib/package.json")),
  "custom-resource-handlers/dist/core/nodejs-entrypoint-handler/index.js",
);
const FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:Provider";
/** Stores each request, answers with its own code, and derives its physical id from the property `Id`. */
const PROVIDER = `
import { appendFileSync } from "node:fs";
const answer = (event, body) => fetch(event.ResponseURL, { method: "PUT", body: JSON.stringify({
  StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId, ...body }) });
export const handler = async (event) => {
  appendFileSync("requests.jsonl", JSON.stringify(event) + "\\n");
  const { Mood, Id = "id-1" } = event.ResourceProperties;
  if (Mood === "throws") throw new TypeError("not today");
  if (Mood === "silent") return;
  if (Mood === "fails") return answer(event, { Status: "FAILED", Reason: "the moon is full", PhysicalResourceId: Id });
  await answer(event, { Status: "SUCCESS", PhysicalResourceId: Id, Data: { Name: "n-" + Id, "Nested.Part": 7, List: ["a"] } });
};`;

let folder: string;
let functions: LambdaService;
let service: Service;
let logged: string[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "custom-"));
  logged = [];
  await start();
});

afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start() {
  const endpoints: Record<string, string> = {};
  const contextFor = (name: string): CloudContext => {
    mkdirSync(path.join(folder, name), { recursive: true });
    const assetFolder = (hash: string) => path.join(folder, "assets", hash.replace(/\.zip$/, ""));
    return testContext(path.join(folder, name), {
      gate: openGate(),
      endpoints,
      assetFolder,
      log: (line) => logged.push(line),
    });
  };
  functions = lambda();
  service = customResource();
  endpoints["lambda"] = await functions.start(contextFor("lambda"));
  endpoints["custom-resource"] = await service.start(contextFor("custom-resource"));
  await makeProvider({ "index.mjs": PROVIDER });
}

async function stop() {
  await service.stop();
  await functions.stop();
}

async function makeProvider(files: Record<string, string>, Handler = "index.handler") {
  const asset = path.join(folder, "assets", "provider");
  mkdirSync(asset, { recursive: true });
  for (const [name, source] of Object.entries(files)) writeFileSync(path.join(asset, name), source);
  await functions.create({
    path: "Shop/Provider",
    logicalId: "Provider",
    type: "AWS::Lambda::Function",
    properties: {
      FunctionName: "Provider",
      Runtime: "nodejs22.x",
      Handler,
      Role: "role",
      Code: { S3Key: "provider.zip" },
      Timeout: 10,
    },
  });
}

const thing = (properties: Record<string, unknown>, more: Partial<Resource> = {}): Resource => ({
  path: "Shop/Data/Thing",
  logicalId: "Thing",
  type: "Custom::Thing",
  properties: { ServiceToken: FUNCTION_ARN, ...properties },
  ...more,
});

async function requests(): Promise<any[]> {
  const text = await readFile(path.join(folder, "assets", "provider", "requests.jsonl"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test("calls the provider to create, as CloudFormation does, and returns its answer", async () => {
  const created = await service.create(thing({ Size: 3, Deep: { On: true, List: [1, "x"] } }));
  expect(created).toEqual({ ref: "id-1", attributes: { Name: "n-id-1", "Nested.Part": "7", List: '["a"]' } });
  expect(await requests()).toEqual([
    {
      RequestType: "Create",
      ServiceToken: FUNCTION_ARN,
      ResponseURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//),
      StackId: expect.stringMatching(/^arn:aws:cloudformation:us-east-1:000000000000:stack\/Shop-Data\/[0-9a-f]{8}-/),
      RequestId: expect.any(String),
      ResourceType: "Custom::Thing",
      LogicalResourceId: "Thing",
      ResourceProperties: { ServiceToken: FUNCTION_ARN, Size: "3", Deep: { On: "true", List: ["1", "x"] } },
    },
  ]);
});

test("makes no call at a later start with equal properties, and an update with different ones", async () => {
  const first = await service.create(thing({ Size: 3 }));
  await stop();
  await start();
  expect(await service.create(thing({ Size: 3 }))).toEqual(first);
  expect(await requests()).toHaveLength(1);
  await service.create(thing({ Size: 4 }));
  expect((await requests()).at(-1)).toMatchObject({
    RequestType: "Update",
    PhysicalResourceId: "id-1",
    ResourceProperties: { Size: "4" },
    OldResourceProperties: { Size: "3" },
  });
});

test("deletes the old resource when an update changed the physical id", async () => {
  await service.create(thing({ Id: "id-1" }));
  expect((await service.create(thing({ Id: "id-2" }))).ref).toBe("id-2");
  expect((await requests()).at(-1)).toMatchObject({
    RequestType: "Delete",
    PhysicalResourceId: "id-1",
    ResourceProperties: { Id: "id-1" },
  });
});

test("deletes what the template no longer has once everything else exists", async () => {
  await service.create(thing({}));
  await stop();
  await start();
  await service.ready?.();
  expect((await requests()).map(({ RequestType }) => RequestType)).toEqual(["Create", "Delete"]);
  await service.ready?.();
  expect(await requests()).toHaveLength(2);
});

test.each<[string, Record<string, unknown>, string]>([
  ["says no", { Mood: "fails" }, "Shop/Data/Thing: its provider failed to create it: the moon is full"],
  [
    "throws",
    { Mood: "throws" },
    "Shop/Data/Thing: its provider failed to create it: its function failed with TypeError: not today",
  ],
  [
    "never answers",
    { Mood: "silent", ServiceTimeout: 1 },
    "Shop/Data/Thing: its provider failed to create it: its function returned but sent no answer to the ResponseURL within 1 seconds",
  ],
  [
    "does not exist",
    { ServiceToken: `${FUNCTION_ARN}s` },
    `Shop/Data/Thing: its provider failed to create it: Function not found: ${FUNCTION_ARN}s`,
  ],
])(
  "fails with a message when the provider %s, and calls it again at the next start",
  async (_what, properties, message) => {
    await expect(service.create(thing(properties))).rejects.toThrow(message);
    expect((await service.create(thing({}))).ref).toBe("id-1");
    expect((await requests()).at(-1).RequestType).toBe("Create");
  },
);

test("supports providers with CDK's own entry point, which calls https without a port", async () => {
  const asset = path.join(folder, "assets", "provider");
  copyFileSync(CDK_ENTRYPOINT, path.join(asset, "__entrypoint__.js"));
  rmSync(path.join(asset, "index.mjs"));
  await makeProvider(
    {
      "index.js":
        "exports.handler = async (event) => ({ PhysicalResourceId: 'cdk-1', Data: { Asked: event.RequestType } });",
    },
    "__entrypoint__.handler",
  );
  expect(await service.create(thing({}))).toEqual({ ref: "cdk-1", attributes: { Asked: "Create" } });
});

test("rejects an unexpected answer", async () => {
  await service.create(thing({}));
  const [{ ResponseURL }] = await requests();
  expect((await fetch(ResponseURL, { method: "PUT", body: "{}" })).status).toBe(403);
});
