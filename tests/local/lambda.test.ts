import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { InvokeCommand, LambdaClient, type InvokeCommandInput } from "@aws-sdk/client-lambda";
import { lambda, type LambdaService } from "../../local/lambda/lambda.ts";
import { AwsError, type CloudContext } from "../../local/service.ts";
import { openGate, testContext } from "./open-gate.ts";
import { until } from "./until.ts";

const ACCOUNT_ARN = "arn:aws:lambda:us-east-1:000000000000:function";
const RULE_ARN = "arn:aws:events:us-east-1:000000000000:rule/Every";

let folder: string;
let service: LambdaService;
let client: LambdaClient;
let gate: ReturnType<typeof openGate>;
let logged: string[];
let clockAheadMs: number;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "lambda-"));
  gate = openGate();
  logged = [];
  clockAheadMs = 0;
  await startService();
});

afterEach(async () => {
  client.destroy();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startService(overrides: Partial<CloudContext> = {}) {
  service = lambda();
  const endpoint = await service.start(
    testContext(folder, {
      gate,
      clock: { now: () => Date.now() + clockAheadMs },
      environment: () => ({ AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1" }),
      assetFolder: (name) => path.join(folder, "assets", name.replace(/\.zip$/, "")),
      log: (line) => logged.push(line),
      ...overrides,
    }),
  );
  const credentials = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "secret" };
  client = new LambdaClient({ region: "us-east-1", endpoint, credentials, maxAttempts: 1 });
}

/** Creates the function `name`, whose asset has `files`. */
async function makeFunction(name: string, files: Record<string, string>, properties: Record<string, unknown> = {}) {
  const asset = path.join(folder, "assets", name);
  mkdirSync(asset, { recursive: true });
  for (const [file, source] of Object.entries(files)) writeFileSync(path.join(asset, file), source);
  return service.create({
    path: `Stack/${name}`,
    logicalId: name,
    type: "AWS::Lambda::Function",
    properties: {
      FunctionName: name,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: "arn:aws:iam::000000000000:role/worker",
      Code: { S3Bucket: "assets", S3Key: `${name}.zip` },
      Timeout: "10",
      ...properties,
    },
  });
}

const allow = (FunctionName: string, SourceArn?: string) =>
  service.create({
    path: "Stack/Permission",
    logicalId: "Permission",
    type: "AWS::Lambda::Permission",
    properties: { FunctionName, Action: "lambda:InvokeFunction", Principal: "events.amazonaws.com", SourceArn },
  });

async function invoke(FunctionName: string, payload: unknown, more: Partial<InvokeCommandInput> = {}) {
  const answer = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload), ...more }));
  const text = answer.Payload?.transformToString();
  return { ...answer, result: text ? JSON.parse(text) : undefined };
}

const log = (name: string) => readFileSync(path.join(folder, "logs", `${name}.log`), "utf8");

test("returns a CommonJS handler's result, although the data folder is inside an ESM package", async () => {
  writeFileSync(path.join(folder, "package.json"), '{"type":"module"}');
  await makeFunction("Adder", {
    "index.js": 'const { sum } = require("./sum"); exports.handler = async (event) => ({ sum: sum(event) });',
    "sum.js": "exports.sum = ({ a, b }) => a + b;",
  });
  const { result, ExecutedVersion, StatusCode } = await invoke("Adder", { a: 1, b: 2 });
  expect({ result, ExecutedVersion, StatusCode }).toEqual({
    result: { sum: 3 },
    ExecutedVersion: "$LATEST",
    StatusCode: 200,
  });
});

test("loads an ES module handler with top-level await from a subfolder of its asset", async () => {
  mkdirSync(path.join(folder, "assets", "Esm", "src"), { recursive: true });
  await makeFunction(
    "Esm",
    { "src/main.mjs": "const word = await Promise.resolve('hello'); export const run = async () => word;" },
    { Handler: "src/main.run" },
  );
  expect((await invoke("Esm", {})).result).toBe("hello");
});

test("finds the SDK that Lambda's runtime provides, but no package that happens to be installed around it", async () => {
  mkdirSync(path.join(folder, "node_modules", "neighbour"), { recursive: true });
  writeFileSync(path.join(folder, "node_modules", "neighbour", "index.js"), "exports.here = true;");
  const ask = "export const handler = async ({ name }) => Object.keys(await import(name)).length > 0;";
  await makeFunction("EsmPackages", { "index.mjs": ask });
  const cjs = "exports.handler = async ({ name }) => Object.keys(require(name)).length > 0;";
  await makeFunction("CjsPackages", { "index.js": cjs });
  for (const name of ["EsmPackages", "CjsPackages"]) {
    expect((await invoke(name, { name: "@aws-sdk/client-lambda" })).result).toBe(true);
    const { FunctionError, result } = await invoke(name, { name: "neighbour" });
    expect(FunctionError).toBe("Unhandled");
    expect(result.errorMessage).toMatch(/Cannot find (module|package) 'neighbour'/);
  }
});

test("gives a handler its own environment, credentials and context, and nothing from the parent", async () => {
  process.env["SECRET_OF_PARENT"] = "1";
  await makeFunction(
    "Env",
    {
      "index.mjs":
        "export const handler = async (event, context) => ({ env: process.env, context, left: context.getRemainingTimeInMillis(), cwd: process.cwd() });",
    },
    { Environment: { Variables: { TABLE: "jobs", COUNT: 3 } }, MemorySize: 256 },
  );
  const { result } = await invoke("Env", {});
  delete process.env["SECRET_OF_PARENT"];
  expect(result.env).toMatchObject({
    TABLE: "jobs",
    COUNT: "3",
    _HANDLER: "index.handler",
    AWS_LAMBDA_FUNCTION_NAME: "Env",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
    AWS_ACCESS_KEY_ID: "ASIAEnv",
  });
  expect(result.env).not.toHaveProperty("SECRET_OF_PARENT");
  expect(result.context).toMatchObject({
    functionName: "Env",
    memoryLimitInMB: "256",
    invokedFunctionArn: `${ACCOUNT_ARN}:Env`,
  });
  expect(result.left).toBeGreaterThan(5_000);
  expect(result.cwd).toContain("assets/Env");
});

test("returns a handler's error with its type, message and trace", async () => {
  await makeFunction("Fails", {
    "index.mjs": "export const handler = async () => { throw new TypeError('no such thing'); };",
  });
  const { FunctionError, StatusCode, result } = await invoke("Fails", {});
  expect({ FunctionError, StatusCode }).toEqual({ FunctionError: "Unhandled", StatusCode: 200 });
  expect(result).toMatchObject({ errorType: "TypeError", errorMessage: "no such thing" });
  expect(result.trace[0]).toBe("TypeError: no such thing");
});

test.each([
  ["a missing module", { "index.mjs": "import './gone.mjs';" }, "Runtime.ImportModuleError", /gone\.mjs/],
  ["a missing export", { "index.mjs": "export const other = 1;" }, "Runtime.HandlerNotFound", /not exported/],
  ["a syntax error", { "index.js": "exports.handler = async ( => 1;" }, "Runtime.UserCodeSyntaxError", /SyntaxError/],
  ["an exit", { "index.mjs": "export const handler = () => process.exit(3);" }, "Runtime.ExitError", /exit status 3/],
  [
    "a stray rejection",
    {
      "index.mjs": "export const handler = () => { Promise.reject(new Error('lost')); return new Promise(() => 0); };",
    },
    "Runtime.UnhandledPromiseRejection",
    /lost/,
  ],
])(
  "reports %s as Lambda does, and handles the next event with a new instance",
  async (_what, files, errorType, message) => {
    await makeFunction("Broken", files as unknown as Record<string, string>);
    for (const attempt of [1, 2]) {
      const { FunctionError, result } = await invoke("Broken", { attempt });
      expect(FunctionError).toBe("Unhandled");
      expect(result).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
    }
  },
);

test("stops a handler at its timeout, even in an endless loop, and continues with a new instance", async () => {
  await makeFunction(
    "Slow",
    { "index.mjs": "export const handler = async ({ loop }) => { while (loop); return 'quick'; };" },
    { Timeout: 1 },
  );
  const { result, FunctionError } = await invoke("Slow", { loop: true });
  expect(FunctionError).toBe("Unhandled");
  expect(result).toMatchObject({
    errorType: "Sandbox.Timedout",
    errorMessage: expect.stringContaining("timed out after 1.00 seconds"),
  });
  expect((await invoke("Slow", { loop: false })).result).toBe("quick");
});

test("keeps an instance warm, and starts a second one while the first is busy", async () => {
  await makeFunction("Pool", {
    "index.mjs":
      "export const handler = async ({ ms }) => { await new Promise((r) => setTimeout(r, ms)); return process.pid; };",
  });
  const [first, second] = await Promise.all([invoke("Pool", { ms: 300 }), invoke("Pool", { ms: 300 })]);
  expect(first.result).not.toBe(second.result);
  expect([first.result, second.result]).toContain((await invoke("Pool", { ms: 0 })).result);
});

test("warms each function: its handler is loaded before the first event, which finds it", async () => {
  const loaded = path.join(folder, "loaded");
  const source = `require("node:fs").appendFileSync(${JSON.stringify(loaded)}, process.pid + "\\n");
exports.handler = async () => process.pid;`;
  await makeFunction("Broken", { "index.js": "throw new Error('no');" });
  await makeFunction("Other", { "index.py": "" }, { Runtime: "python3.13" });
  await makeFunction("Warm", { "index.js": source });
  service.warm();
  service.warm();
  await until(() => existsSync(loaded));
  const pids = [await invoke("Warm", {}), await invoke("Warm", {})].map(({ result }) => String(result));
  expect(new Set(pids)).toEqual(new Set(readFileSync(loaded, "utf8").trimEnd().split("\n")));
  expect(new Set(pids).size).toBe(1);
});

test("stops while it warms", async () => {
  for (const name of ["A", "B", "C"]) await makeFunction(name, { "index.js": "exports.handler = async () => 1;" });
  service.warm();
  await service.stop();
  await expect(invoke("A", {})).rejects.toThrow();
});

test("throttles beyond the reserved concurrency", async () => {
  await makeFunction(
    "Single",
    { "index.mjs": "export const handler = () => new Promise((r) => setTimeout(r, 1500));" },
    { ReservedConcurrentExecutions: "1" },
  );
  const first = invoke("Single", {});
  await until(() => gate.asked.length === 1);
  await expect(invoke("Single", {})).rejects.toMatchObject({ name: "TooManyRequestsException" });
  expect((await first).FunctionError).toBeUndefined();
});

test("replaces an instance whose credentials expire, and gives its handler the cloud's time", async () => {
  gate.issue = (_role, name) => ({
    accessKeyId: name,
    secretAccessKey: "s",
    sessionToken: "t",
    expiresAtMs: Date.now() + clockAheadMs + 3_600_000,
  });
  await makeFunction("Clock", {
    "index.mjs":
      "export const handler = async () => ({ pid: process.pid, now: Date.now(), year: new Date().getFullYear() });",
  });
  const before = (await invoke("Clock", {})).result;
  expect((await invoke("Clock", {})).result.pid).toBe(before.pid);
  clockAheadMs = 3 * 86_400_000;
  const after = (await invoke("Clock", {})).result;
  expect(after.pid).not.toBe(before.pid);
  expect(after.now - before.now).toBeGreaterThanOrEqual(clockAheadMs);
});

test("accepts an event, retries it one and two minutes later by the cloud's clock, then gives up", async () => {
  await makeFunction("Flaky", {
    "index.mjs":
      "export const handler = async (e, c) => { console.log('try', c.awsRequestId); throw new Error('again'); };",
  });
  const { StatusCode, Payload } = await invoke("Flaky", {}, { InvocationType: "Event" });
  expect({ StatusCode, bytes: Payload?.length ?? 0 }).toEqual({ StatusCode: 202, bytes: 0 });
  const tries = () => log("Flaky").match(/try/g)?.length ?? 0;
  await until(() => /END/.test(log("Flaky")));
  clockAheadMs += 61_000;
  await until(() => tries() === 2);
  await until(() => log("Flaky").match(/END/g)?.length === 2);
  clockAheadMs += 121_000;
  await until(() => logged.length > 0);
  expect(tries()).toBe(3);
  expect(logged[0]).toMatch(/Flaky gave up on event .* \(attempt 3\): .*again/);
});

test("stops with the cloud: a running event has not failed, and waiting or later ones start nothing", async () => {
  const source =
    "export const handler = async () => { console.log('begun'); await new Promise(() => setInterval(() => {}, 1e6)); };";
  await makeFunction("Patient", { "index.mjs": source }, { ReservedConcurrentExecutions: 1, Timeout: 60 });
  await service.create({
    path: "Stack/Patience",
    logicalId: "Patience",
    type: "AWS::Lambda::EventInvokeConfig",
    properties: { FunctionName: "Patient", Qualifier: "$LATEST", MaximumRetryAttempts: 0 },
  });
  for (let n = 0; n < 2; n++) await invoke("Patient", {}, { InvocationType: "Event" });
  await until(() => log("Patient").includes("begun"));
  await service.stop();
  expect(log("Patient").match(/START/g)).toHaveLength(1);
  expect(logged).toEqual([]);
});

test("honors the retries of an EventInvokeConfig", async () => {
  await makeFunction("Once", { "index.mjs": "export const handler = async () => { throw new Error('no'); };" });
  await service.create({
    path: "Stack/Config",
    logicalId: "Config",
    type: "AWS::Lambda::EventInvokeConfig",
    properties: { FunctionName: "Once", Qualifier: "$LATEST", MaximumRetryAttempts: 0 },
  });
  await invoke("Once", {}, { InvocationType: "Event" });
  await until(() => logged.length > 0);
  expect(logged[0]).toContain("attempt 1");
});

test("authorizes lambda:InvokeFunction on the function, or on its qualified ARN", async () => {
  await makeFunction("Guarded", { "index.mjs": "export const handler = async () => 1;" });
  await invoke(`${ACCOUNT_ARN}:Guarded`, {}, { InvocationType: "DryRun" });
  await invoke("Guarded", {}, { Qualifier: "live" });
  expect(gate.asked).toEqual([
    { action: "lambda:InvokeFunction", resource: `${ACCOUNT_ARN}:Guarded` },
    { action: "lambda:InvokeFunction", resource: `${ACCOUNT_ARN}:Guarded:live` },
  ]);
  gate.authorize = () => {
    throw new AwsError(403, "AccessDeniedException", "User: x is not authorized to perform: lambda:InvokeFunction");
  };
  await expect(invoke("Guarded", {})).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: /not authorized/,
  });
});

test("rejects what Lambda rejects: unknown functions, invalid JSON and oversized payloads", async () => {
  await makeFunction("Strict", { "index.mjs": "export const handler = async () => 1;" });
  await expect(invoke("Nobody", {})).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: `Function not found: ${ACCOUNT_ARN}:Nobody`,
  });
  await expect(invoke("Strict", {}, { Payload: "{" as never })).rejects.toMatchObject({
    name: "InvalidRequestContentException",
  });
  const tooLarge = "x".repeat(1024 * 1024);
  await expect(invoke("Strict", tooLarge, { InvocationType: "Event" })).rejects.toMatchObject({
    name: "RequestTooLargeException",
  });
  expect((await invoke("Strict", tooLarge)).result).toBe(1);
});

test("creates a function with another runtime, and reports when it is called that it cannot run it", async () => {
  await makeFunction("Snake", { "index.py": "" }, { Runtime: "python3.13" });
  await expect(invoke("Snake", {})).rejects.toThrow("The function Snake has the runtime python3.13");
});

test("allows a service to call only if a permission names it and its source", async () => {
  await makeFunction("Target", {
    "index.mjs":
      "export const handler = async (event) => { if (event.fail) throw new RangeError('far'); return { got: event }; };",
  });
  const call = (payload: unknown, sourceArn: string) =>
    service.invokeFunction(`${ACCOUNT_ARN}:Target`, payload, { service: "events.amazonaws.com", sourceArn });
  await expect(call({}, RULE_ARN)).rejects.toThrow(
    /events.amazonaws.com .* not authorized to perform: lambda:InvokeFunction/,
  );
  await allow(`${ACCOUNT_ARN}:Target`, RULE_ARN);
  expect(await call({ a: 1 }, RULE_ARN)).toEqual({ got: { a: 1 } });
  await expect(call({ fail: true }, RULE_ARN)).rejects.toMatchObject({ name: "RangeError", message: "far" });
  await expect(call({}, `${RULE_ARN}Other`)).rejects.toMatchObject({ code: "AccessDeniedException" });
});

test("writes console output to the function's log and returns its tail", async () => {
  await makeFunction("Talks", {
    "index.mjs": "export const handler = async () => { console.warn('careful', { a: 1 }); };",
  });
  const { LogResult, result } = await invoke("Talks", {}, { LogType: "Tail" });
  expect(result).toBeNull();
  const tail = Buffer.from(LogResult ?? "", "base64").toString();
  expect(tail).toMatch(/^\d{4}-\S+Z\t[0-9a-f-]{36}\tWARN\tcareful \{ a: 1 \}\n$/);
  await until(() => /END/.test(log("Talks")));
  expect(log("Talks")).toContain(tail);
});

test("gives versions and aliases ARNs", async () => {
  await makeFunction("Versioned", { "index.mjs": "export const handler = async () => 1;" });
  const make = (type: string, properties: Record<string, unknown>) =>
    service.create({
      path: `Stack/${type}`,
      logicalId: type,
      type,
      properties: { FunctionName: "Versioned", ...properties },
    });
  expect((await make("AWS::Lambda::Version", {})).attributes.Version).toBe("1");
  expect((await make("AWS::Lambda::Alias", { Name: "live", FunctionVersion: "1" })).ref).toBe(
    `${ACCOUNT_ARN}:Versioned:live`,
  );
});
