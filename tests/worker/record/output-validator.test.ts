/** Schemas are enforced, although their patterns run in the sandbox, and whatever they say about themselves. */
import { StopReason } from "@aws-sdk/client-bedrock-runtime";
import type { Step, Template } from "#core/template/template";
import { OutputValidator } from "../../../worker/record/output-validator.ts";
import { Sandbox } from "../../../worker/sandbox/sandbox.ts";

async function reading(schema: object): Promise<(value: object | string, stopReason?: string) => unknown> {
  const step = { id: "s", output: { type: "json", schema }, maxTokens: 9 } as unknown as Template["steps"][number];
  const outputs = new OutputValidator({ steps: [step] } as unknown as Template, await Sandbox.create());
  return (value, stopReason = "end_turn") => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return outputs.parse(step, { text, stopReason }).value;
  };
}

test("each pattern is matched against its own text", async () => {
  const text = (pattern: string) => ({ type: "string", pattern });
  const read = await reading({ type: "object", properties: { zip: text("^\\d{5}$"), code: text("^[A-Z]+$") } });
  expect(read({ zip: "12345", code: "AB" })).toEqual({ zip: "12345", code: "AB" });
  expect(() => read({ zip: "1234", code: "AB" })).toThrow("/zip must match pattern");
  expect(() => read({ zip: "12345", code: "ab" })).toThrow("/code must match pattern");
});

test("properties that no pattern allows are rejected", async () => {
  const read = await reading({ type: "object", patternProperties: { "^x_": {} }, additionalProperties: false });
  expect(read({ x_1: 1 })).toEqual({ x_1: 1 });
  expect(() => read({ y: 1 })).toThrow("must NOT have additional properties");
});

test("a schema that says it is asynchronous still validates answers", async () => {
  const read = await reading({ $async: true, type: "object", required: ["a"] });
  expect(read({ a: 1 })).toEqual({ a: 1 });
  expect(() => read({})).toThrow("must have required property 'a'");
});

test("a constant that Ajv cannot compare matches no answer, and crashes no worker", async () => {
  const read = await reading({ type: "object", properties: { a: { const: { toString: "" } } } });
  expect(() => read({ a: { toString: "" } })).toThrow("could not be validated against its schema: ");
});

describe("a stop reason of Bedrock", () => {
  const END = /^$/;
  const verdicts: Readonly<Record<StopReason, RegExp>> = {
    end_turn: END,
    stop_sequence: END,
    tool_use: END,
    max_tokens: /was truncated at maxTokens \(9\)/,
    model_context_window_exceeded: /was truncated at the end of the model's context window/,
    malformed_model_output: /was malformed according to Bedrock \(malformed_model_output\)/,
    malformed_tool_use: /was malformed according to Bedrock \(malformed_tool_use\)/,
    content_filtered: /was withheld \(content_filtered\)/,
    guardrail_intervened: /was withheld \(guardrail_intervened\)/,
  };

  // From the SDK, so that a new one fails here.
  test.each(Object.values(StopReason))("%s accepts a text, or says why not", async (stopReason) => {
    const step = { id: "s", output: { type: "text" }, maxTokens: 9 } as unknown as Template["steps"][number];
    const outputs = new OutputValidator({ steps: [step] } as unknown as Template, await Sandbox.create());
    const parse = () => outputs.parse(step, { text: "Fine.", stopReason });
    if (verdicts[stopReason] === END) expect(parse().value).toBe("Fine.");
    else expect(parse).toThrow(verdicts[stopReason]);
  });

  test.each(["malformed_model_output", "malformed_tool_use"])(
    "%s makes even fitting JSON a bad answer",
    async (reason) => {
      const read = await reading({ type: "object", properties: { a: {} } });
      expect(() => read({ a: 1 }, reason)).toThrow(`was malformed according to Bedrock (${reason})`);
    },
  );
});

test("an answer nested five thousand levels deep is a bad answer, and no worker dies of it", async () => {
  const read = await reading({ type: "object", properties: { a: {} } });
  const deep = `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
  expect(() => read(deep)).toThrow("is nested more than 100 levels deep");
});

describe("an answer that is nearly what was asked for", () => {
  const CARD = {
    type: "object",
    required: ["title", "score"],
    properties: { title: { type: "string" }, score: { type: "number" }, tags: { type: "array" } },
  };
  const right = { title: "T", score: 3 };

  test.each([
    ["in a list of one", [right]],
    ["in another object", { answer: right }],
    ["in an echo of its schema", { type: "object", properties: right }],
    ["with a number as text", { title: "T", score: "3" }],
    ["in a list in an object in another", { result: { data: [right] } }],
    ["as text in another object", { answer: JSON.stringify(right) }],
    ["as text inside JSON", JSON.stringify(JSON.stringify(right))],
  ])("counts when it is %s", async (_, answer) => {
    const read = await reading(CARD);
    expect(read(answer)).toEqual(right);
  });

  test("counts when a member of a tool's input is JSON text", async () => {
    const read = await reading(CARD);
    expect(read({ ...right, tags: '["a", "b"]' })).toEqual({ ...right, tags: ["a", "b"] });
  });

  test("does not count when it still does not match", async () => {
    const read = await reading(CARD);
    expect(() => read({ title: "T", score: "three" })).toThrow("/score must be number");
    expect(() => read({ title: "T", other: { title: "U" } })).toThrow("must have required property 'score'");
  });
});

test.each([
  ["Positive", true],
  ['{"choice": "Positive"}', true],
  ['{"choice": "positive."}', true],
  ['{"sentiment": "Positive"}', true],
  ['"positive"', true],
  ["**positive**", true],
  ["_Positive!_", true],
  ["- (positive)", true],
  ["“Positive”。", true],
  ["Not positive", false],
])("the answer %j is a choice, whatever its case and marks: %s", async (text, isChoice) => {
  const step = { id: "s", output: { type: "choice", of: ["positive", "negative"] }, maxTokens: 9 } as unknown;
  const outputs = new OutputValidator({ steps: [step] } as unknown as Template, await Sandbox.create());
  const parse = () => outputs.parse(step as Template["steps"][number], { text, stopReason: "end_turn" }).value;
  if (isChoice) expect(parse()).toBe("positive");
  else expect(parse).toThrow("is not JSON");
});

test("a model that only reasoned is told apart from one that answered nothing", async () => {
  const step = { id: "s", output: { type: "text" }, maxTokens: 9 } as unknown as Template["steps"][number];
  const outputs = new OutputValidator({ steps: [step] } as unknown as Template, await Sandbox.create());
  const answer = { text: "", reasoning: "Let me see" };
  expect(() => outputs.parse(step, { ...answer, stopReason: "max_tokens" })).toThrow(
    'The answer to step "s" was not begun when the model\'s reasoning reached maxTokens (9); raise it.',
  );
  expect(() => outputs.parse(step, { ...answer, stopReason: "end_turn" })).toThrow("the model only reasoned");
});

describe("validating one answer takes a limited time", () => {
  const again = { $ref: "#" };
  /** `{ a: { a: … } }` */
  const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
  const objects = Array.from({ length: 12_000 }, (_, n) => ({ x: [n, { y: n }] }));

  test.each<[string, object, object]>([
    ["each level is validated twice", { properties: { a: { allOf: [again, again] } } }, deep(60)],
    [
      "each level has two branches",
      {
        properties: {
          a: {
            anyOf: [
              { ...again, required: ["b"] },
              { ...again, required: ["c"] },
            ],
          },
        },
      },
      deep(60),
    ],
    [
      "each level is evaluated for what is left",
      { unevaluatedProperties: false, properties: { a: { oneOf: [again, again] } } },
      deep(60),
    ],
    ["each level is excluded twice", { properties: { a: { not: { not: { allOf: [again, again] } } } } }, deep(60)],
    [
      "each level depends on itself",
      { dependentSchemas: { a: { properties: { a: again } } }, properties: { a: again } },
      deep(60),
    ],
    ["all items are compared with each other", { properties: { list: { uniqueItems: true } } }, { list: objects }],
    ["a pattern backtracks", { properties: { a: { pattern: "^(a+)+$" } } }, { a: `${"a".repeat(40)}!` }],
    ["a name's pattern backtracks", { propertyNames: { pattern: "^(a+)+$" } }, { [`${"a".repeat(40)}!`]: 1 }],
    ["it recurs without end", { allOf: [again] }, {}],
  ])("where %s", async (_, schema, answer) => {
    const read = await reading({ type: "object", ...schema });
    expect(() => read(answer)).toThrow(/could not be validated against its schema: /);
  });

  test("the next answers are validated as before, also against patterns", async () => {
    const sandbox = await Sandbox.create();
    const step = (id: string, schema: object) =>
      ({ id, output: { type: "json", schema: { type: "object", ...schema } }, maxTokens: 9 }) as unknown as Step;
    const endless = step("endless", { properties: { a: { allOf: [again, again] }, b: { pattern: "^x$" } } });
    const outputs = new OutputValidator({ steps: [endless] } as unknown as Template, sandbox);
    const read = (answer: object) =>
      outputs.parse(endless, { text: JSON.stringify(answer), stopReason: "end_turn" }).value;
    expect(() => read(deep(60))).toThrow("it took longer than 500 ms");
    await sandbox.ready();
    expect(read({ a: { a: {} }, b: "x" })).toEqual({ a: { a: {} }, b: "x" });
    expect(() => read({ b: "y" })).toThrow("/b must match pattern");
  });
});

describe("a schema of a list", () => {
  const QUESTION = { type: "object", required: ["q"], properties: { q: { type: "string" } } };
  const LIST = { type: "array", items: QUESTION, minItems: 2 };

  test.each([
    ["wrapped, as models are asked for it", { items: [{ q: "a" }, { q: "b" }] }],
    ["bare", [{ q: "a" }, { q: "b" }]],
    ["in a code fence", 'Here:\n```json\n[{"q":"a"},{"q":"b"}]\n```'],
    ["in prose", 'They are [{"q":"a"},{"q":"b"}].'],
  ])("is matched by a list %s", async (_, answer) => {
    expect((await reading(LIST))(answer)).toEqual([{ q: "a" }, { q: "b" }]);
  });

  test("rejects what does not match, and says which item", async () => {
    const read = await reading(LIST);
    expect(() => read({ items: [{ q: "a" }, {}] })).toThrow("/items/1 must have required property 'q'");
    expect(() => read([{ q: "a" }])).toThrow("/items must NOT have fewer than 2 items");
    expect(() => read({ q: "a" })).toThrow("it must have required property 'items'");
  });

  test.each([
    ["its own definitions", { type: "array", items: { $ref: "#/$defs/question" }, $defs: { question: QUESTION } }],
    ["itself", { type: "array", items: { anyOf: [QUESTION, { $ref: "#" }] } }],
    [
      "itself by its own name",
      {
        $id: "https://example.com/list",
        type: "array",
        items: { $ref: "#/$defs/question" },
        $defs: { question: QUESTION },
      },
    ],
    [
      "the dialect it is in",
      {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "array",
        items: { $ref: "#/$defs/question" },
        $defs: { question: QUESTION },
      },
    ],
  ])("may refer to %s", async (_, schema) => {
    const read = await reading(schema);
    expect(read([{ q: "a" }])).toEqual([{ q: "a" }]);
    expect(() => read([{ q: 1 }])).toThrow("must be string");
  });
});
