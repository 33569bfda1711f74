import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
} from "@aws-sdk/client-bedrock-runtime";
import type { ConverseCommandInput, ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { bedrock } from "../../local/bedrock/bedrock.ts";
import type { BedrockService } from "../../local/bedrock/bedrock.ts";
import { describeModel } from "../../local/bedrock/describe-model.ts";
import { parseModelOption } from "../../local/bedrock/options.ts";
import type { ModelOptions } from "../../local/bedrock/options.ts";
import { IamGate } from "../../local/iam/gate.ts";
import { Roles } from "../../local/iam/roles.ts";
import type { Credentials, Gate } from "../../local/service.ts";
import { LIMITS } from "../model-limits.ts";
import { openGate, testContext } from "./open-gate.ts";

const MODEL = "amazon.nova-micro-v1:0";
const PROMPT = 'Ask one question about "The Third Man".';
const CLAUDE = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const TEST_KEYS = { accessKeyId: "AKIATEST", secretAccessKey: "secret" };

let folder: string;
let service: BedrockService;
let sdk: BedrockRuntimeClient;
let url: string;
const cleanUps: (() => void | Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bedrock-"));
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  rmSync(folder, { recursive: true });
});

describe("answers", () => {
  test.each([
    ["HTTP/2, the SDK's default", undefined],
    ["HTTP/1.1", new NodeHttpHandler()],
  ])("Converse works over %s", async (_, requestHandler) => {
    await start();
    const client = newClient(url, requestHandler);
    const answer = await client.send(new ConverseCommand(ask(PROMPT)));
    const text = answer.output?.message?.content?.[0]?.text ?? "";
    expect(answer.output?.message?.role).toBe("assistant");
    expect(text).toMatch(/The Third Man.*\?$|\?$/);
    expect(answer.stopReason).toBe("end_turn");
    const inputTokens = Math.ceil(Buffer.byteLength(PROMPT) / 4);
    const outputTokens = Math.ceil(Buffer.byteLength(text) / 4);
    expect(answer.usage).toEqual({ inputTokens, outputTokens, totalTokens: inputTokens + outputTokens });
    expect(answer.metrics?.latencyMs).toBeGreaterThanOrEqual(0);
    expect(loggedCalls()).toEqual([
      { at: expect.any(String), modelId: MODEL, inputTokens, outputTokens, status: "ok" },
    ]);
  });

  test("ConverseStream streams the same answer, over either protocol", async () => {
    await start();
    const whole = (await sdk.send(new ConverseCommand(ask(PROMPT)))).output?.message?.content?.[0]?.text;
    for (const client of [sdk, newClient(url, new NodeHttpHandler())]) {
      const events = await readStream(client, ask(PROMPT));
      expect(Object.keys(events[0]!)).toEqual(["messageStart"]);
      expect(events.map((event) => event.contentBlockDelta?.delta?.text ?? "").join("")).toBe(whole);
      expect(events.at(-2)?.messageStop?.stopReason).toBe("end_turn");
      expect(events.at(-1)?.metadata?.usage?.outputTokens).toBe(Math.ceil(Buffer.byteLength(whole!) / 4));
    }
    expect(new Set(loggedCalls().map(({ outputTokens }) => outputTokens)).size).toBe(1);
  });

  test("a forced tool is called, also in a stream", async () => {
    await start();
    const json = {
      type: "object",
      properties: { rating: { type: "integer", minimum: 1, maximum: 5 } },
      required: ["rating"],
    };
    const toolConfig = {
      tools: [{ toolSpec: { name: "judge", inputSchema: { json } } }],
      toolChoice: { tool: { name: "judge" } },
    };
    const answer = await sdk.send(new ConverseCommand({ ...ask("Judge it."), toolConfig }));
    const use = answer.output?.message?.content?.[0]?.toolUse;
    expect(answer.stopReason).toBe("tool_use");
    expect(use).toMatchObject({ name: "judge", toolUseId: expect.stringMatching(/^tooluse_\w{22}$/) });
    const events = await readStream(sdk, { ...ask("Judge it."), toolConfig });
    const input = events.map((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? "").join("");
    expect(JSON.parse(input)).toEqual(use?.input);
    expect(events[1]?.contentBlockStart?.start?.toolUse?.name).toBe("judge");
  });

  test("CountTokens counts what Converse then charges, and is not logged as a call", async () => {
    await start();
    const { modelId, ...converse } = { ...ask(PROMPT), system: [{ text: "Be kind." }] };
    const counted = await sdk.send(new CountTokensCommand({ modelId, input: { converse } }));
    expect(loggedCalls()).toHaveLength(0);
    const answer = await sdk.send(new ConverseCommand({ modelId, ...converse }));
    expect(counted.inputTokens).toBe(answer.usage?.inputTokens);
  });
});

describe("refusals", () => {
  test.each([
    [
      "a conversation that starts with the assistant",
      { messages: [{ role: "assistant", content: [{ text: "Hi" }] }] },
      /start with a user message/,
    ],
    ["a blank text", { messages: [{ role: "user", content: [{ text: " " }] }] }, /messages.0.content.0 is blank/],
    ["no content", { messages: [{ role: "user", content: [] }] }, /messages.0 is empty/],
    ["maxTokens of zero", { inferenceConfig: { maxTokens: 0 } }, /inferenceConfig.maxTokens/],
    ["a temperature that is too high", { inferenceConfig: { temperature: 1.5 } }, /inferenceConfig.temperature/],
    [
      "a schema that is not JSON",
      { outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{" } } } } },
      /not a JSON object/,
    ],
    [
      "a missing tool",
      {
        toolConfig: {
          tools: [{ toolSpec: { name: "a", inputSchema: { json: { type: "object" } } } }],
          toolChoice: { tool: { name: "b" } },
        },
      },
      /The tool b/,
    ],
  ])("%s is a ValidationException", async (_, changes, message) => {
    await start();
    const error = await failure(sdk.send(new ConverseCommand({ ...ask("x"), ...changes } as ConverseCommandInput)));
    expect(error).toMatchObject({ name: "ValidationException", $metadata: { httpStatusCode: 400 } });
    expect(error.message).toMatch(message);
    expect(loggedCalls()).toMatchObject([{ inputTokens: 0, outputTokens: 0, status: "ValidationException" }]);
  });

  test.each([
    [
      "a response schema for Nova",
      MODEL,
      { type: "object", properties: {}, additionalProperties: false },
      /outputConfig\.textFormat/,
    ],
    [
      "an open object",
      CLAUDE,
      { type: "object", properties: {} },
      /'additionalProperties' must be explicitly set to false/,
    ],
    ["bounds", CLAUDE, closed({ n: { type: "integer", minimum: 1 } }), /'minimum' is not supported/],
    [
      "bounds deep inside",
      CLAUDE,
      closed({ l: { type: "array", items: { type: "string", maxLength: 3 } } }),
      /'maxLength'/,
    ],
  ])("what a model does not support is rejected: %s", async (_, modelId, schema, words) => {
    await start();
    const jsonSchema = { name: "answer", schema: JSON.stringify(schema) };
    const outputConfig = { textFormat: { type: "json_schema" as const, structure: { jsonSchema } } };
    const refusal = await failure(sdk.send(new ConverseCommand({ ...ask("x"), modelId, outputConfig })));
    expect(refusal.name).toBe("ValidationException");
    expect(refusal.message).toMatch(words);
  });

  test("a forced tool is rejected by models that do not support one", async () => {
    await start();
    const tool = { toolSpec: { name: "answer", inputSchema: { json: { type: "object", properties: {} } } } };
    const toolConfig = { tools: [tool], toolChoice: { tool: { name: "answer" } } };
    const modelId = "us.meta.llama3-3-70b-instruct-v1:0";
    const refusal = await failure(sdk.send(new ConverseCommand({ ...ask("x"), modelId, toolConfig })));
    expect(refusal.message).toContain("toolConfig.toolChoice.tool");
  });

  test.each<[string, string, NonNullable<ConverseCommandInput["inferenceConfig"]>, string]>([
    [
      "more tokens than a model has",
      MODEL,
      { maxTokens: 10_001 },
      "The maximum tokens you requested exceeds the model limit of 10000. Try again with a maximum tokens value that is lower than 10000.",
    ],
    [
      "temperature with topP for Claude 4.5",
      CLAUDE,
      { temperature: 0.9, topP: 0.95 },
      "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    ],
    [
      "a stop sequence for GPT-OSS",
      "openai.gpt-oss-20b-1:0",
      { stopSequences: ["END"] },
      "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
    ],
    [
      "even an empty list of them",
      "openai.gpt-oss-20b-1:0",
      { stopSequences: [] },
      "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
    ],
    [
      "a blank stop sequence for Claude",
      CLAUDE,
      { stopSequences: ["END", "\n"] },
      "The model returned the following errors: stop_sequences: each stop sequence must contain non-whitespace",
    ],
    [
      "an empty stop sequence for any model",
      MODEL,
      { stopSequences: ["END", ""] },
      "1 validation error detected: Value '' at 'inferenceConfig.stopSequences.2.member' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      "more than 2,500 stop sequences",
      MODEL,
      { stopSequences: Array.from({ length: 2_501 }, (_, n) => `${n}`) },
      "1 validation error detected: Value '[2501 sequences]' at 'inferenceConfig.stopSequences' failed to satisfy constraint: Member must have length less than or equal to 2500",
    ],
  ])("%s is a ValidationException in Bedrock's words", async (_, modelId, inferenceConfig, message) => {
    await start({ limits: LIMITS });
    const error = await failure(sdk.send(new ConverseCommand({ ...ask("x"), modelId, inferenceConfig })));
    expect(error).toMatchObject({ name: "ValidationException", $metadata: { httpStatusCode: 400 }, message });
    const accepted = { maxTokens: 10_000, temperature: 0.5 };
    await sdk.send(new ConverseCommand({ ...ask("x"), modelId, inferenceConfig: accepted }));
  });

  test("a model of an unknown vendor is not found; every vendor's models and profiles are", async () => {
    await start();
    for (const modelId of ["acme.gpt-1", "nova-micro", "mars.amazon.nova-micro-v1:0"]) {
      const error = await failure(sdk.send(new ConverseCommand({ ...ask("x"), modelId })));
      expect(error).toMatchObject({ name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } });
    }
    for (const modelId of [
      "global.anthropic.claude-haiku-4-5-20251001-v1:0",
      "jp.amazon.nova-2-lite-v1:0",
      "deepseek.v3-v1:0",
    ]) {
      await expect(sdk.send(new ConverseCommand({ ...ask("x"), modelId }))).resolves.toBeDefined();
    }
  });

  test("InvokeModel says what to use instead", async () => {
    await start();
    const error = await failure(sdk.send(new InvokeModelCommand({ modelId: MODEL, body: "{}" })));
    expect(error.name).toBe("ValidationException");
    expect(error.message).toContain("Converse");
  });

  test.each([
    "ThrottlingException 429",
    "InternalServerException 500",
    "ServiceUnavailableException 503",
    "ModelTimeoutException 408",
  ])("injected faults look like Bedrock's: %s", async (expected) => {
    await start({ settings: { latencyMs: 0, throttleRate: expected.startsWith("Throttling") ? 1 : 0, errorRate: 1 } });
    const seen = new Set<string>();
    for (let call = 0; call < 20; call++) {
      const error = await failure(sdk.send(new ConverseCommand(ask("x"))));
      seen.add(`${error.name} ${error.$metadata.httpStatusCode}`);
    }
    expect(seen).toContain(expected);
  });
});

describe("the sample model's settings", () => {
  test("faults depend on the seed and the call's number, and answers do not depend on faults", async () => {
    const run = async (settings: ModelOptions["settings"]) => {
      await start({ settings: { latencyMs: 0, ...settings } });
      const calls = Array.from({ length: 30 }, (_, index) =>
        sdk.send(new ConverseCommand(ask(`Describe number ${index}.`))),
      );
      const results: string[] = [];
      for (const call of calls) {
        results.push(
          await call.then(
            (answer) => answer.output!.message!.content![0]!.text!,
            (error: Error) => error.name,
          ),
        );
      }
      return results;
    };
    const faultless = await run({});
    const first = await run({ throttleRate: 0.3, errorRate: 0.2 });
    expect(new Set(first)).toContain("ThrottlingException");
    const answered = first.filter((result) => !result.endsWith("Exception"));
    expect(answered.length).toBeGreaterThan(5);
    expect(faultless).toEqual(expect.arrayContaining(answered));
    expect(new Set(faultless).size).toBe(30);
  });

  test("the same seed throttles the same calls in a row", async () => {
    const run = async () => {
      await start({ settings: { latencyMs: 0, throttleRate: 0.4, seed: 7 } });
      const outcomes: boolean[] = [];
      for (let call = 0; call < 12; call++) {
        outcomes.push(
          await sdk.send(new ConverseCommand(ask("x"))).then(
            () => true,
            () => false,
          ),
        );
      }
      return outcomes;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(new Set(first).size).toBe(2);
  });

  test("more calls in flight than allowed are throttled, and settings change while it runs", async () => {
    await start({ settings: { latencyMs: 100, throttleAfter: 3 } });
    const five = () => Promise.allSettled(Array.from({ length: 5 }, () => sdk.send(new ConverseCommand(ask("x")))));
    expect((await five()).filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    service.configure({ retryAfterSeconds: 7 });
    const refused = (await five()).find(({ status }) => status === "rejected");
    expect((refused as PromiseRejectedResult).reason.$response.headers["retry-after"]).toBe("7");
    service.configure({ throttleAfter: 5 });
    expect((await five()).filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    expect(() => service.configure({ errorRate: 2 })).toThrow(/"errorRate" must be a number from 0 to 1/);
  });

  test("an answer takes its latency, whole or streamed; a stream's first words come earlier", async () => {
    await start({ settings: { latencyMs: 200 } });
    const startedAt = performance.now();
    const answer = await sdk.send(new ConverseCommand(ask("x")));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(195);
    expect(answer.metrics?.latencyMs).toBeGreaterThanOrEqual(195);
    const streamedAt = performance.now();
    const { stream } = await sdk.send(new ConverseStreamCommand(ask("x")));
    expect(performance.now() - streamedAt).toBeLessThan(190);
    for await (const event of stream!)
      if (event.metadata) expect(event.metadata.metrics?.latencyMs).toBeGreaterThanOrEqual(190);
  });

  test("a fraction of JSON answers is invalid, a fraction of answers is truncated", async () => {
    await start({ settings: { latencyMs: 0, badJsonRate: 0.5, truncateRate: 0.3 } });
    const reasons: string[] = [];
    let fine = 0;
    for (let call = 0; call < 40; call++) {
      const answer = await sdk.send(
        new ConverseCommand(ask(`Respond with JSON only: {"title": string, "n": ${call}}`)),
      );
      reasons.push(answer.stopReason!);
      if (answer.stopReason === "end_turn" && isObject(answer.output!.message!.content![0]!.text!)) fine++;
    }
    const cut = reasons.filter((reason) => reason === "max_tokens").length;
    expect(cut).toBeGreaterThan(4);
    expect(cut).toBeLessThan(20);
    expect(fine).toBeGreaterThan(5);
    expect(fine).toBeLessThan(35 - cut);
  });
});

describe("settings to test routing and repairs", () => {
  const schemaAsked = (
    modelId: string,
    turns: { role: "user" | "assistant"; text: string }[],
  ): ConverseCommandInput => ({
    modelId,
    messages: turns.map(({ role, text }) => ({ role, content: [{ text }] })),
  });

  test("particular models can have their own settings", async () => {
    await start({ settings: { latencyMs: 0, models: { [MODEL]: { throttleRate: 1 } } } });
    expect((await failure(sdk.send(new ConverseCommand(ask("x"))))).name).toBe("ThrottlingException");
    const lite = { ...ask("x"), modelId: "amazon.nova-lite-v1:0" };
    expect((await sdk.send(new ConverseCommand(lite))).stopReason).toBe("end_turn");
    expect(() => service.configure({ models: { m: { throttleRate: 5 } } })).toThrow(/"throttleRate" must be/);
    expect(() => service.configure({ models: [] as never })).toThrow(/settings by model/);
  });

  test("a fraction of answers are refusals, even with a forced tool", async () => {
    await start({ settings: { latencyMs: 0, refusalRate: 0.5 } });
    const tool = { toolSpec: { name: "answer", inputSchema: { json: { type: "object", properties: {} } } } };
    const toolConfig = { tools: [tool], toolChoice: { tool: { name: "answer" } } };
    let refused = 0;
    for (let call = 0; call < 40; call++) {
      const answer = await sdk.send(new ConverseCommand({ ...ask(`Describe ${call}.`), toolConfig }));
      if (/^I('m| cannot)/.test(answer.output?.message?.content?.[0]?.text ?? "")) refused++;
    }
    expect(refused).toBeGreaterThan(8);
    expect(refused).toBeLessThan(32);
  });

  test("a model that is shown its invalid answer gives a valid one more often", async () => {
    const bad = async (turns: { role: "user" | "assistant"; text: string }[]) => {
      await start({ settings: { latencyMs: 0, badJsonRate: 0.8 } });
      let count = 0;
      for (let call = 0; call < 60; call++) {
        const answer = await sdk.send(new ConverseCommand(schemaAsked(MODEL, turns)));
        if (!isObject(answer.output?.message?.content?.[0]?.text ?? "")) count++;
      }
      return count;
    };
    const asked = { role: "user" as const, text: 'Respond with JSON only: {"title": string, "n": 5}' };
    const wrong = { role: "assistant" as const, text: "{}" };
    expect(await bad([asked])).toBeGreaterThan(36);
    expect(
      await bad([asked, wrong, { role: "user", text: "Your answer cannot be used: it lacks a title. Answer again." }]),
    ).toBeLessThan(24);
  });
});

describe("the call log", () => {
  test("an abandoned call leaves no line", async () => {
    for (const requestHandler of [undefined, new NodeHttpHandler()]) {
      await start({ settings: { latencyMs: 300 } });
      const client = newClient(url, requestHandler);
      const given = new AbortController();
      const asked = client.send(new ConverseCommand(ask("given up")), { abortSignal: given.signal });
      // The other call arrives and is answered later, when the first one would have been.
      const waited = new Promise((resolve) => setTimeout(resolve, 100)).then(() => {
        given.abort();
        return client.send(new ConverseCommand(ask("waited for, with more words")));
      });
      expect((await failure(asked)).name).toBe("AbortError");
      const { usage } = (await waited) as { usage: { inputTokens: number } };
      expect(loggedCalls().map(({ inputTokens }) => inputTokens)).toEqual([usage.inputTokens]);
      rmSync(join(folder, "model-calls.jsonl"));
    }
  });

  test("the line is written before the answer, to the configured file", async () => {
    const callLog = join(folder, "deeper", "calls.jsonl");
    await start({ settings: { latencyMs: 0 }, callLog });
    for (let call = 1; call <= 20; call++) {
      await sdk.send(new ConverseCommand(ask(`Call ${call}`)));
      expect(readFileSync(callLog, "utf8").trimEnd().split("\n")).toHaveLength(call);
    }
    await service.stop();
    await service.start(testContext(folder));
    expect(readFileSync(callLog, "utf8").trimEnd().split("\n")).toHaveLength(20);
  });
});

test("a service killed amid many calls has logged every answer it gave", async () => {
  const script = fileURLToPath(new URL("./bedrock-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  cleanUps.push(() => void child.kill("SIGKILL"));
  const [address] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const client = newClient(address);
  let answered = 0;
  let charged = 0;
  const callUntilDead = async () => {
    for (;;) {
      const { usage } = await client.send(new ConverseCommand(ask(`Describe call ${answered}.`)));
      charged += usage!.totalTokens!;
      if (++answered === 100) child.kill("SIGKILL");
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: 16 }, callUntilDead));
  await gone;
  expect(ends.every(({ status }) => status === "rejected")).toBe(true);
  const booked = loggedCalls();
  expect(booked.length).toBeGreaterThanOrEqual(answered);
  expect(booked.length).toBeLessThanOrEqual(answered + 16);
  const bookedTokens = booked.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0);
  expect(bookedTokens).toBeGreaterThanOrEqual(charged);
});

describe("IAM", () => {
  test("each operation needs permission for its action, a profile for its model in every region it may route to", async () => {
    const gate = openGate();
    await start({}, gate);
    await sdk.send(new ConverseCommand({ ...ask("x"), modelId: "us.amazon.nova-pro-v1:0" }));
    const profile = "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.amazon.nova-pro-v1:0";
    const model = (region: string) => `arn:aws:bedrock:${region}::foundation-model/amazon.nova-pro-v1:0`;
    expect(gate.asked.map(({ action, resource }) => [action, resource])).toEqual([
      ["bedrock:InvokeModel", profile],
      ...["us-east-1", "us-east-2", "us-west-2"].map((region) => ["bedrock:InvokeModel", model(region)]),
    ]);
    expect(gate.asked[1]?.context).toEqual({ "bedrock:InferenceProfileArn": profile });
    gate.asked.length = 0;
    await readStream(sdk, ask("x"));
    const { modelId, ...converse } = ask("x");
    await sdk.send(new CountTokensCommand({ modelId, input: { converse } }));
    const resource = `arn:aws:bedrock:us-east-1::foundation-model/${MODEL}`;
    expect(gate.asked).toEqual([
      { action: "bedrock:InvokeModelWithResponseStream", resource },
      { action: "bedrock:CountTokens", resource },
    ]);
    gate.asked.length = 0;
    await sdk.send(new ConverseCommand({ ...ask("x"), modelId: "global.anthropic.claude-sonnet-5-v1:0" }));
    expect(gate.asked.map((access) => access.resource)).toContain(
      "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-5-v1:0",
    );
  });

  test("the real gate checks signatures made for either protocol, and a role's policy", async () => {
    const clock = { now: () => Date.now() };
    const roles = new Roles("000000000000");
    const role = roles.addRole({
      path: "App/Worker",
      logicalId: "Worker",
      type: "AWS::IAM::Role",
      properties: {
        RoleName: "worker",
        AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] },
        Policies: [
          {
            PolicyName: "models",
            PolicyDocument: {
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Action: "bedrock:InvokeModel",
                  Resource: `arn:aws:bedrock:us-east-1::foundation-model/${MODEL}`,
                },
              ],
            },
          },
        ],
      },
    });
    const gate = new IamGate({ region: "us-east-1", clock, roles });
    await start({}, gate);
    const credentials = gate.issue(role.arn, "task");
    for (const requestHandler of [undefined, new NodeHttpHandler()]) {
      const client = newClient(url, requestHandler, credentials);
      await expect(client.send(new ConverseCommand(ask("x")))).resolves.toBeDefined();
      const denied = await failure(client.send(new ConverseCommand({ ...ask("x"), modelId: "amazon.nova-pro-v1:0" })));
      expect(denied).toMatchObject({ name: "AccessDeniedException", $metadata: { httpStatusCode: 403 } });
      expect(denied.message).toMatch(/worker.*bedrock:InvokeModel.*nova-pro/);
      const forged = newClient(url, requestHandler, { ...credentials, secretAccessKey: "guessed" });
      expect((await failure(forged.send(new ConverseCommand(ask("x"))))).$metadata.httpStatusCode).toBe(403);
    }
  });
});

describe("forwarding to an OpenAI-compatible server", () => {
  test("messages, limits, tools and schema go there; text, tool calls and usage come back", async () => {
    const upstream = await startUpstream((path) =>
      path === "/v1/models"
        ? { body: { data: [{ id: "llama-local" }] } }
        : {
            body: {
              choices: [{ finish_reason: "length", message: { content: "Half an ans" } }],
              usage: { prompt_tokens: 11, completion_tokens: 3 },
            },
          },
    );
    await start(parseModelOption(`openai=${upstream.baseUrl}/`, undefined));
    const schema = {
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a"],
      additionalProperties: false,
    };
    const answer = await sdk.send(
      new ConverseCommand({
        ...ask("Hello"),
        system: [{ text: "Be brief." }],
        inferenceConfig: { maxTokens: 5, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
        outputConfig: {
          textFormat: {
            type: "json_schema",
            structure: { jsonSchema: { schema: JSON.stringify(schema), name: "reply" } },
          },
        },
      }),
    );
    expect(upstream.requests.at(-1)).toEqual({
      model: "llama-local",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hello" },
      ],
      max_tokens: 5,
      temperature: 0.5,
      top_p: 0.9,
      stop: ["END"],
      response_format: { type: "json_schema", json_schema: { name: "reply", schema, strict: true } },
    });
    expect(answer).toMatchObject({
      output: { message: { content: [{ text: "Half an ans" }] } },
      stopReason: "max_tokens",
      usage: { inputTokens: 11, outputTokens: 3, totalTokens: 14 },
    });
    expect(loggedCalls()).toMatchObject([{ modelId: MODEL, inputTokens: 11, outputTokens: 3, status: "ok" }]);
  });

  test("tool use goes both ways", async () => {
    const upstream = await startUpstream(() => ({
      body: {
        choices: [
          {
            finish_reason: "tool_calls",
            message: {
              content: null,
              tool_calls: [{ id: "call_2", function: { name: "look", arguments: '{"at":"sky"}' } }],
            },
          },
        ],
      },
    }));
    await start(parseModelOption(`openai=${upstream.baseUrl}`, '{"model":"m","apiKey":"k"}'));
    const json = { type: "object", properties: { at: { type: "string" } } };
    const answer = await sdk.send(
      new ConverseCommand({
        modelId: MODEL,
        messages: [
          { role: "user", content: [{ text: "Look." }] },
          { role: "assistant", content: [{ toolUse: { toolUseId: "call_1", name: "look", input: { at: "sea" } } }] },
          { role: "user", content: [{ toolResult: { toolUseId: "call_1", content: [{ text: "Waves" }] } }] },
        ],
        toolConfig: {
          tools: [{ toolSpec: { name: "look", description: "Looks.", inputSchema: { json } } }],
          toolChoice: { any: {} },
        },
      }),
    );
    expect(upstream.requests.at(-1)).toMatchObject({
      model: "m",
      messages: [
        { role: "user", content: "Look." },
        {
          role: "assistant",
          tool_calls: [{ id: "call_1", type: "function", function: { name: "look", arguments: '{"at":"sea"}' } }],
        },
        { role: "tool", tool_call_id: "call_1", content: "Waves" },
      ],
      tools: [{ type: "function", function: { name: "look", description: "Looks.", parameters: json } }],
      tool_choice: "required",
    });
    expect(upstream.authorizations).toEqual(["Bearer k"]);
    expect(answer).toMatchObject({
      stopReason: "tool_use",
      output: { message: { content: [{ toolUse: { toolUseId: "call_2", name: "look", input: { at: "sky" } } }] } },
    });
  });

  test.each([
    [429, "ThrottlingException", 429],
    [500, "InternalServerException", 500],
    [503, "ServiceUnavailableException", 503],
    [504, "ModelTimeoutException", 408],
    [400, "ValidationException", 400],
    [404, "ResourceNotFoundException", 404],
  ])("its status %i becomes %s", async (status, name, httpStatusCode) => {
    const upstream = await startUpstream(() => ({
      status,
      headers: { "retry-after": "7" },
      body: { error: { message: "no" } },
    }));
    await start(parseModelOption(`openai=${upstream.baseUrl}`, '{"model":"m"}'));
    const error = await failure(sdk.send(new ConverseCommand(ask("x"))));
    const message = `The server at ${upstream.baseUrl} answered ${status}: no`;
    expect(error).toMatchObject({ name, message, $metadata: { httpStatusCode } });
    const retryAfter = (error as { $response?: { headers: Record<string, string> } }).$response?.headers["retry-after"];
    expect(retryAfter).toBe(status === 429 ? "7" : undefined);
    expect(loggedCalls()).toMatchObject([{ inputTokens: 0, outputTokens: 0, status: name }]);
  });

  test.each([
    ["a web page", "<html><body>Welcome</body></html>", 'answered "<html><body>Welcome</body></html>" instead of JSON'],
    ["nothing", "", "answered nothing instead of JSON"],
    ["an answer without a message", "{}", 'answered "{}", which has no message'],
  ])("%s with status 200 is a ServiceUnavailableException that says what came", async (_, body, sentence) => {
    const upstream = await startUpstream(() => ({ body }));
    await start(parseModelOption(`openai=${upstream.baseUrl},model=m`, undefined));
    const error = await failure(sdk.send(new ConverseCommand(ask("x"))));
    expect(error.name).toBe("ServiceUnavailableException");
    expect(error.message).toContain(`The server at ${upstream.baseUrl} ${sentence}`);
  });

  test("an error with status 200 is the error it says", async () => {
    const upstream = await startUpstream(() => ({ body: { error: { code: 429, message: "free models per day" } } }));
    await start(parseModelOption(`openai=${upstream.baseUrl},model=m`, undefined));
    const error = await failure(sdk.send(new ConverseCommand(ask("x"))));
    expect(error.name).toBe("ThrottlingException");
    expect(error.message).toContain("free models per day");
  });

  test.each([
    [{ content: "Hi.", reasoning_content: "Greet." }, "Hi.", "Greet."],
    [{ content: "Hi.", reasoning: "Greet." }, "Hi.", "Greet."],
    [{ content: [{ type: "thinking", thinking: [{ type: "text", text: "Greet." }] }, "Hi."] }, "Hi.", "Greet."],
    [
      {
        content: [
          { type: "text", text: "H" },
          { type: "text", text: "i." },
        ],
      },
      "Hi.",
      undefined,
    ],
    [{ content: null, refusal: "I can't." }, "I can't.", undefined],
    [{ content: "", refusal: "I can't." }, "I can't.", undefined],
    [{ content: { type: "text", text: "Hi." }, reasoning: { text: "Greet." } }, "Hi.", "Greet."],
    [{ content: [{ type: "text", text: { value: "Hi.", annotations: [] } }] }, "Hi.", undefined],
    [{ content: ["Hi."], reasoning: [{ type: "summary_text", text: "Greet." }] }, "Hi.", "Greet."],
    [{ content: [{ type: "reasoning", summary: [{ text: "Greet." }] }, "Hi."] }, "Hi.", "Greet."],
    [{ content: { title: "Hi", score: 3 } }, '{"title":"Hi","score":3}', undefined],
    [{ content: "Hi.", tool_calls: {} }, "Hi.", undefined],
    [{ content: "Hi.", tool_calls: [null, { id: "1" }] }, "Hi.", undefined],
  ])("text and reasoning of %j come in blocks of their own", async (message, text, reasoning) => {
    const upstream = await startUpstream(() => ({ body: { choices: [{ message }] } }));
    await start(parseModelOption(`openai=${upstream.baseUrl},model=m`, undefined));
    const answer = await sdk.send(new ConverseCommand(ask("x")));
    const thought = reasoning && { reasoningContent: { reasoningText: { text: reasoning } } };
    expect(answer.output?.message?.content).toEqual([...(thought ? [thought] : []), { text }]);
    expect(answer.additionalModelResponseFields).toEqual({ server: upstream.baseUrl, model: "m" });
  });

  test.each([
    [{ prompt_tokens: -5, completion_tokens: -7 }, 1, 1],
    [{ prompt_tokens: "many", completion_tokens: {} }, 1, 1],
    [{ prompt_tokens: null }, 1, 1],
    [{ prompt_tokens: "30", completion_tokens: "8" }, 30, 8],
    [{ prompt_tokens: 10.5, completion_tokens: 2.5 }, 11, 3],
  ])(
    "a usage of %j is whole numbers of tokens, estimated where it is none",
    async (usage, inputTokens, outputTokens) => {
      const upstream = await startUpstream(() => ({ body: { choices: [{ message: { content: "Hi." } }], usage } }));
      await start(parseModelOption(`openai=${upstream.baseUrl},model=m`, undefined));
      const answer = await sdk.send(new ConverseCommand(ask("x")));
      expect(answer.usage).toEqual({ inputTokens, outputTokens, totalTokens: inputTokens + outputTokens });
    },
  );

  test("an error beside the message of a choice is the error it says", async () => {
    const choice = { error: { code: 502, message: "Provider returned error" }, message: { content: "" } };
    const upstream = await startUpstream(() => ({ body: { choices: [choice] } }));
    await start(parseModelOption(`openai=${upstream.baseUrl},model=m`, undefined));
    const error = await failure(sdk.send(new ConverseCommand(ask("x"))));
    expect(error.message).toContain("Provider returned error");
  });

  test("the first of its models that writes text is taken, and said to be", async () => {
    const data = ["nomic-embed-text:latest", "bge-m3", "qwen3:8b", "llama3.2"].map((id) => ({ id }));
    const upstream = await startUpstream((path) => ({
      body: path.endsWith("/models") ? { data } : { choices: [{ message: { content: "ok" } }] },
    }));
    const options = parseModelOption(`openai=${upstream.baseUrl}`, undefined);
    await start(options);
    await sdk.send(new ConverseCommand(ask("x")));
    expect(upstream.requests.at(-1)).toMatchObject({ model: "qwen3:8b" });
    expect(await describeModel(options)).toBe(
      `qwen3:8b at ${upstream.baseUrl}; it also lists nomic-embed-text:latest, bge-m3, llama3.2 (choose with --model openai=URL,model=NAME)`,
    );
  });

  test("one that lists no model that writes text is told what is missing", async () => {
    const upstream = await startUpstream(() => ({ body: { data: [{ id: "nomic-embed-text" }] } }));
    const options = parseModelOption(`openai=${upstream.baseUrl}`, undefined);
    expect(await describeModel(options)).toBe(
      `none yet: The server at ${upstream.baseUrl} lists only nomic-embed-text, none of which writes text; load one, or name one with "model=NAME". Jobs wait until it answers.`,
    );
  });

  test("an unreachable server is a ServiceUnavailableException that names it", async () => {
    await start(parseModelOption("openai=http://127.0.0.1:9/v1", '{"model":"m"}'));
    const error = await failure(sdk.send(new ConverseCommand(ask("x"))));
    expect(error.name).toBe("ServiceUnavailableException");
    expect(error.message).toContain("http://127.0.0.1:9/v1");
  });

  test("calls share kept connections", async () => {
    const upstream = await startUpstream(() => ({ body: { choices: [{ message: { content: "ok" } }] } }));
    await start(parseModelOption(`openai=${upstream.baseUrl},model=m`, undefined));
    for (let call = 0; call < 3; call++) await sdk.send(new ConverseCommand(ask("x")));
    expect(upstream.connections()).toBe(1);
  });

  test("a call that its client gives up is given up at the server", async () => {
    let closed: () => void;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const server = http.createServer((_, response) => {
      giveUp.abort();
      response.once("close", () => closed());
    });
    const giveUp = new AbortController();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanUps.push(() => void server.close());
    await start(
      parseModelOption(`openai=http://127.0.0.1:${(server.address() as AddressInfo).port},model=m`, undefined),
    );
    const error = await failure(sdk.send(new ConverseCommand(ask("x")), { abortSignal: giveUp.signal }));
    expect(error.name).toBe("AbortError");
    await isClosed;
    expect(loggedCalls()).toEqual([]);
  });
});

test("forwarding to Bedrock uses this machine's credentials, not the caller's, and passes answers and errors on", async () => {
  const keys: string[] = [];
  const far = openGate();
  const remote = bedrock({ settings: { latencyMs: 0 } });
  const remoteFolder = join(folder, "remote");
  const endpoint = await remote.start(
    testContext(remoteFolder, {
      gate: {
        ...far,
        authenticate: (request, body, name) => {
          keys.push(/Credential=(\w+)/.exec(String(request.headers.authorization))?.[1] ?? "");
          return far.authenticate(request, body, name);
        },
      },
    }),
  );
  cleanUps.push(() => remote.stop());
  process.env.AWS_ACCESS_KEY_ID = "AKIAHOST";
  process.env.AWS_SECRET_ACCESS_KEY = "host";
  cleanUps.push(() => {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
  });
  await start({ forward: { kind: "bedrock", endpoint } });
  const image = { image: { format: "png" as const, source: { bytes: new Uint8Array([1, 2, 3, 4]) } } };
  const request: ConverseCommandInput = {
    modelId: MODEL,
    messages: [{ role: "user", content: [{ text: PROMPT }, image] }],
  };
  const [here, there] = [
    await sdk.send(new ConverseCommand(request)),
    await newClient(endpoint).send(new ConverseCommand(request)),
  ];
  expect(here.output).toEqual(there.output);
  expect(here.usage).toEqual(there.usage);
  expect(keys).toEqual(["AKIAHOST", "AKIATEST"]);
  remote.configure({ throttleRate: 1 });
  expect(await failure(sdk.send(new ConverseCommand(request)))).toMatchObject({ name: "ThrottlingException" });
  expect(loggedCalls().map(({ status }) => status)).toEqual(["ok", "ThrottlingException"]);
});

describe("the model option", () => {
  test.each([
    [undefined, undefined, { settings: {} }],
    ["sample", '{"latencyMs":0,"seed":3}', { settings: { latencyMs: 0, seed: 3 } }],
    ["bedrock", undefined, { forward: { kind: "bedrock" } }],
    [
      "openai=http://127.0.0.1:11434/v1",
      '{"model":"x"}',
      { forward: { kind: "openai", baseUrl: "http://127.0.0.1:11434/v1", model: "x" } },
    ],
  ])("%s with %s is accepted", (text, json, expected) => {
    expect(parseModelOption(text, json)).toEqual(expected);
  });

  test("names one of a server's models, and the variable with its key", () => {
    expect(parseModelOption("openai=http://h/v1,model=a/b:c,key=KEY", undefined, { KEY: "secret" })).toEqual({
      forward: { kind: "openai", baseUrl: "http://h/v1", model: "a/b:c", apiKey: "secret" },
    });
  });

  test.each([
    ["gpt", undefined, /must be "sample", "openai=http:\/\/HOST:PORT\/v1".* or "bedrock"; got "gpt"/],
    ["openai=http://h/v1,models=x", undefined, /Expected "model=NAME" or "key=VARIABLE" .*got "models=x"/],
    ["openai=http://h/v1,key=NOT_SET", undefined, /environment variable NOT_SET .* is not set/],
    ["openai=localhost:1", undefined, /Expected an address like .*"localhost:1"/],
    ["sample", '{"latency":5}', /takes the settings latencyMs, .*remove "latency"/],
    ["sample", '{"throttleRate":1.5}', /"throttleRate" must be a number from 0 to 1, not 1.5/],
    ["sample", '{"seed":0.5}', /"seed" must be a whole number of at least 0, not 0.5/],
    ["sample", '{"latencyMs":"200"}', /"latencyMs" must be a number from 0 to 600000, not "200"/],
    ["sample", "latencyMs=5", /must be a JSON object; .* is not JSON/],
    ["sample", "[1]", /must be a JSON object like/],
    ["bedrock", '{"seed":1}', /remove "seed"/],
    ["openai=http://h/v1", '{"model":3}', /"model" must be a string, not 3/],
  ])("%s with %s is rejected with a message", (text, json, sentence) => {
    expect(() => parseModelOption(text, json)).toThrow(sentence);
  });
});

async function start(options: ModelOptions = { settings: { latencyMs: 0 } }, gate: Gate = openGate()) {
  const withoutWait = options.forward || options.settings ? options : { ...options, settings: { latencyMs: 0 } };
  const started = bedrock(withoutWait);
  service = started;
  url = await started.start(testContext(folder, { gate }));
  sdk = newClient(url);
  cleanUps.push(() => started.stop());
}

function newClient(
  endpoint: string,
  requestHandler?: NodeHttpHandler,
  credentials: typeof TEST_KEYS | Credentials = TEST_KEYS,
) {
  const client = new BedrockRuntimeClient({
    endpoint,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
    requestHandler,
  });
  cleanUps.push(() => client.destroy());
  return client;
}

function closed(properties: object) {
  return { type: "object", properties, additionalProperties: false };
}

function ask(text: string): ConverseCommandInput {
  return { modelId: MODEL, messages: [{ role: "user", content: [{ text }] }] };
}

async function readStream(client: BedrockRuntimeClient, input: ConverseCommandInput): Promise<ConverseStreamOutput[]> {
  const { stream } = await client.send(new ConverseStreamCommand(input));
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream!) events.push(event);
  return events;
}

function loggedCalls(): { at: string; modelId: string; inputTokens: number; outputTokens: number; status: string }[] {
  const text = readFileSync(join(folder, "model-calls.jsonl"), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

interface Refusal extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

function failure(promise: Promise<unknown>): Promise<Refusal> {
  return promise.then(
    () => {
      throw new Error("Expected an error.");
    },
    (error: Refusal) => error,
  );
}

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text);
    return typeof value?.title === "string" && typeof value.n === "number";
  } catch {
    return false;
  }
}

interface UpstreamAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** A fake model server that records its requests. */
async function startUpstream(answer: (path: string) => UpstreamAnswer) {
  const requests: unknown[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (chunks.length > 0) requests.push(JSON.parse(Buffer.concat(chunks).toString()));
    authorizations.push(request.headers.authorization);
    const { status = 200, headers = {}, body } = answer(request.url ?? "/");
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));
  });
  let connections = 0;
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { baseUrl, requests, authorizations, connections: () => connections };
}
