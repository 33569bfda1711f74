/** How models are made to answer in JSON, and that Bedrock accepts those requests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { findModel, MODELS } from "#core/models/models";
import { answerSchemaOf } from "#core/template/output";
import type { Output, Step, Template } from "#core/template/template";
import { schemaBytesOf } from "#core/template/bound";
import { bedrock } from "../../../local/bedrock/bedrock.ts";
import { nativeSchemaOf, structuredOutputFor } from "../../../worker/adapters/structured-output.ts";
import { BedrockModel } from "../../../worker/adapters/bedrock-model.ts";
import { OutputValidator } from "../../../worker/record/output-validator.ts";
import { Sandbox } from "../../../worker/sandbox/sandbox.ts";
import { testContext } from "../../local/open-gate.ts";

const NOVA = "amazon.nova-micro-v1:0";
const HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const GPT = "openai.gpt-oss-20b-1:0";
const PERSON = {
  type: "object",
  title: "A person",
  properties: {
    name: { type: "string", minLength: 2, maxLength: 40, pattern: "^[A-Z]" },
    age: { type: ["integer", "null"], minimum: 0, exclusiveMaximum: 150 },
    tags: { type: "array", items: { enum: ["a", "b"] }, minItems: 2, maxItems: 5, uniqueItems: true },
    home: {
      oneOf: [{ type: "object", properties: { city: { type: "string" } }, required: ["city"] }, { type: "null" }],
    },
  },
  required: ["name", "tags"],
};
const WORDS = { type: "object", additionalProperties: { type: "integer" } };

describe("a response schema", () => {
  test("has only what Bedrock supports, every object closed", () => {
    expect(nativeSchemaOf(PERSON)).toEqual({
      type: "object",
      title: "A person",
      properties: {
        name: { type: "string" },
        age: { type: ["integer", "null"] },
        tags: { type: "array", items: { enum: ["a", "b"] }, minItems: 1 },
        home: {
          anyOf: [
            {
              type: "object",
              properties: { city: { type: "string" } },
              required: ["city"],
              additionalProperties: false,
            },
            { type: "null" },
          ],
        },
      },
      required: ["name", "tags"],
      additionalProperties: false,
    });
  });

  test.each([
    ["names of members that are free", WORDS],
    ["such an object deep inside", { type: "object", properties: { words: WORDS } }],
    ["recursion", { type: "object", properties: { next: { $ref: "#" } } }],
    ["lists of unlike items", { type: "object", properties: { pair: { type: "array", prefixItems: [{}, {}] } } }],
    ["a list of anything", { type: "object", properties: { list: { type: "array" } } }],
  ])("cannot express %s", (_, schema) => {
    expect(nativeSchemaOf(schema)).toBeUndefined();
    expect(structuredOutputFor(HAIKU, schema).outputConfig).toBeUndefined();
  });
});

describe("a model", () => {
  test("with response schemas gets one, with tools must call one, with neither gets an instruction", () => {
    const format = structuredOutputFor(HAIKU, PERSON).outputConfig?.textFormat;
    expect(format).toMatchObject({ type: "json_schema", structure: { jsonSchema: { name: "answer" } } });
    expect(structuredOutputFor(NOVA, { ...PERSON, additionalProperties: false }).toolConfig).toEqual({
      tools: [
        {
          toolSpec: {
            name: "answer",
            description: "Gives the answer.",
            inputSchema: { json: { type: "object", properties: PERSON.properties, required: PERSON.required } },
          },
        },
      ],
      toolChoice: { tool: { name: "answer" } },
    });
    expect(structuredOutputFor(GPT, PERSON)).toEqual({ instruction: expect.stringContaining(JSON.stringify(PERSON)) });
  });

  test("gets an instruction if the better methods cannot express the schema", () => {
    expect(structuredOutputFor(NOVA, WORDS).instruction).toContain('"additionalProperties":{"type":"integer"}');
    expect(structuredOutputFor(HAIKU, { type: "object", properties: { words: WORDS } }).toolConfig).toBeDefined();
    expect(
      structuredOutputFor(HAIKU, { type: "object", properties: { next: { $ref: "#" } } }).instruction,
    ).toBeDefined();
  });

  test("with an instruction gets no more bytes than the bound counts for its schema", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.constantFrom(...MODELS), (names, { id }) => {
        const schema = { type: "object", properties: names, $ref: "#" };
        const step = { output: { type: "json", schema } } as unknown as Step;
        const counted = schemaBytesOf(step) + (findModel(id)?.overheadTokens ?? 0);
        const { instruction = "" } = structuredOutputFor(id, schema);
        expect(new TextEncoder().encode(instruction).length).toBeLessThan(counted);
        expect(instruction).not.toBe("");
      }),
    );
  });
});

describe("against Bedrock", () => {
  const NAMED = {
    type: "object",
    additionalProperties: false,
    required: ["name"],
    properties: { name: { type: "string" } },
  };
  const OUTPUTS: [string, Output][] = [
    ["a list", { type: "list", min: 2, max: 4 }],
    ["a choice", { type: "choice", of: ["praise", "blame", "none of both"] }],
    [
      "an object",
      {
        type: "json",
        schema: { ...PERSON, properties: { ...PERSON.properties, name: { type: "string", minLength: 3 } } },
      },
    ],
    ["a list of objects", { type: "json", schema: { type: "array", items: NAMED } }],
    ["an object with free names", { type: "json", schema: { ...WORDS, minProperties: 0 } }],
  ];
  let folder: string;
  let service: ReturnType<typeof bedrock>;
  let model: BedrockModel;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "answers-"));
    service = bedrock({ settings: { latencyMs: 0 } });
    const endpoint = await service.start(testContext(folder));
    const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "secret" };
    model = new BedrockModel({ endpoint, region: "us-east-1", credentials });
  });

  afterAll(async () => {
    model.destroy();
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  test.each(OUTPUTS.flatMap(([name, output]) => [NOVA, HAIKU, GPT].map((modelId) => [name, modelId, output] as const)))(
    "%s is answered as it should be by %s",
    async (_, modelId, output) => {
      const step = { id: "s", output, maxTokens: 500 } as unknown as Step;
      const outputs = new OutputValidator({ steps: [step] } as unknown as Template, await Sandbox.create());
      for (let n = 0; n < 10; n++) {
        const request = {
          modelId,
          turns: [],
          prompt: `Think of the city ${n}.`,
          maxTokens: 500,
          schema: answerSchemaOf(output),
        };
        const answer = await model.converse(request, new AbortController().signal);
        const bounded = modelId === GPT || output.type === "choice";
        // What a response schema or a tool does not express may be violated, and is detected.
        if (bounded) expect(() => outputs.parse(step, answer)).not.toThrow();
        else expect(JSON.parse(answer.text)).toEqual(expect.any(Object));
      }
    },
  );
});
