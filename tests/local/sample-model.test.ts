import { Ajv } from "ajv";
import fc from "fast-check";
import type { ConverseRequest, JsonSchema } from "../../local/bedrock/converse.ts";
import { readTask, readTopics } from "../../local/bedrock/prompt.ts";
import { answerAsSample } from "../../local/bedrock/sample-model.ts";
import { countInputTokens, countTokens, cutToTokens } from "../../local/bedrock/tokens.ts";

const MODEL = "amazon.nova-micro-v1:0";
const ajv = new Ajv({
  strict: false,
  formats: { date: isDate, "date-time": isDateTime, email: /^[^@\s]+@[^@\s]+$/, uri: /^https:\/\/\S+$/ },
});

describe("JSON that matches its schema", () => {
  test("for any schema, as a tool's input and as text", () => {
    fc.assert(
      fc.property(objectSchema(3), fc.string(), fc.nat(), (schema, prompt, seed) => {
        const validate = ajv.compile(schema as object);
        const input = toolInput(schema, `Do it ${prompt}`, seed);
        if (!validate(input))
          throw new Error(`${JSON.stringify(input)} does not fit: ${ajv.errorsText(validate.errors)}`);
        const text = textWithSchema(schema, `Do it ${prompt}`, seed);
        if (!validate(JSON.parse(text))) throw new Error(`${text} does not fit: ${ajv.errorsText(validate.errors)}`);
      }),
      { numRuns: 300 },
    );
  });

  test("recursive schemas terminate", () => {
    const schema = {
      type: "object",
      properties: { root: { $ref: "#/$defs/node" } },
      required: ["root"],
      additionalProperties: false,
      $defs: {
        node: {
          type: "object",
          properties: {
            name: { type: "string", minLength: 3 },
            next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] },
            children: { type: "array", items: { $ref: "#/$defs/node" }, maxItems: 3 },
          },
          required: ["name", "next", "children"],
          additionalProperties: false,
        },
      },
    };
    const validate = ajv.compile(schema);
    for (let seed = 0; seed < 50; seed++) {
      const input = toolInput(schema, "Grow a tree.", seed);
      expect(validate(input)).toBe(true);
      expect(JSON.stringify(input).length).toBeLessThan(100_000);
    }
  });

  test.each([
    ["oneOf with branches distinguished by a constant", { oneOf: [kindOf("a", "x"), kindOf("b", "y")] }],
    [
      "oneOf with overlapping branches",
      {
        oneOf: [
          { type: "integer", minimum: 0, maximum: 10 },
          { type: "number", minimum: 5, maximum: 20 },
        ],
      },
    ],
    ["allOf that narrows", { allOf: [{ type: "integer", minimum: 3 }, { maximum: 4 }, { enum: [1, 2, 3, 9] }] }],
    [
      "a list of distinct choices",
      { type: "array", items: { enum: ["a", "b", "c"] }, minItems: 3, maxItems: 3, uniqueItems: true },
    ],
    ["exclusive bounds", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.001 }],
    ["multiples", { type: "integer", minimum: 10, maximum: 30, multipleOf: 7 }],
    ["a long minimum", { type: "string", minLength: 700, maxLength: 710 }],
    ["several types", { type: ["string", "null"], maxLength: 2 }],
    ["nullable", { type: "string", nullable: true, format: "date" }],
    ["a name escaped in a reference", { $ref: "#/$defs/a~1b", $defs: { "a/b": { const: 5 } } }],
    [
      "a reference with sibling keywords",
      { $ref: "#/$defs/n", maximum: 2, $defs: { n: { type: "integer", minimum: 2 } } },
    ],
  ])("%s", (_, inner) => {
    const { $defs, ...value } = inner as { $defs?: object };
    const schema = { type: "object", properties: { value }, required: ["value"], $defs };
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema)));
    for (let seed = 0; seed < 40; seed++)
      expect([toolInput(schema, "x", seed), validate(toolInput(schema, "x", seed))]).toEqual([expect.anything(), true]);
  });

  test.each([
    "^[A-Z]{3}-\\d{4}$",
    "^(red|green|blue)( light)?$",
    "^#[0-9a-f]{6}$",
    "\\d{2,3}",
    "^[^\\s@]+@[a-z]+\\.(?:com|org)$",
  ])("a string that must match %s does", (pattern) => {
    const schema = { type: "object", properties: { value: { type: "string", pattern } }, required: ["value"] };
    const values = Array.from({ length: 40 }, (_, seed) => (toolInput(schema, "x", seed) as { value: string }).value);
    for (const value of values) expect(value).toMatch(new RegExp(pattern, "u"));
    expect(new Set(values).size).toBeGreaterThan(2);
  });

  test("an unsatisfiable schema is given up quickly", () => {
    const hopeless = { type: "string", pattern: "(?=a)b" };
    const nest = (inner: object, depth: number): object =>
      depth === 0 ? inner : { type: "object", properties: { x: nest(inner, depth - 1) }, required: ["x"] };
    const startedAt = performance.now();
    expect(toolInput(nest(hopeless, 10) as JsonSchema, "x")).toBeDefined();
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test("members look like their names suggest", () => {
    const properties = {
      question: { type: "string" },
      author: { type: "string" },
      year: { type: "integer" },
      rating: { type: "integer" },
      email: { type: "string" },
      tags: { type: "array", items: { type: "string" }, minItems: 2 },
      createdAt: { type: "string", format: "date-time" },
    };
    const schema = { type: "object", properties, required: Object.keys(properties) };
    const value = toolInput(schema, 'Describe the film "Metropolis" and its machines.') as Record<string, any>;
    expect(Object.keys(value)).toEqual(Object.keys(properties));
    expect(value.question).toMatch(/\?$/);
    expect(value.author).toMatch(/^\p{Lu}\p{L}+ \p{Lu}\p{L}+$/u);
    expect(value.year).toBeGreaterThanOrEqual(1950);
    expect(value.rating).toBeLessThanOrEqual(5);
    expect(value.email).toMatch(/@example\.com$/);
    expect(new Date(value.createdAt).getTime()).not.toBeNaN();
  });

  test("an invalidated answer violates the schema, as tool input and as text", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "integer" } },
      required: ["a", "b"],
      additionalProperties: false,
    };
    const validate = ajv.compile(schema);
    for (let seed = 0; seed < 40; seed++) {
      const call = { modelId: MODEL, seed, hasBadJson: true };
      const tool = answerAsSample({ ...call, request: toolRequest(schema, "x") });
      expect(validate(tool.content[0]?.toolUse?.input)).toBe(false);
      const text = answerAsSample({ ...call, request: schemaRequest(schema, "x") }).content[0]?.text ?? "";
      expect(isJson(text) && validate(JSON.parse(text))).toBe(false);
    }
  });
});

describe("JSON because the prompt says so", () => {
  test.each<[string, (value: any) => void]>([
    [
      'Write a quiz card about whales. Respond with JSON only: {"question": string, "difficulty": integer 1-3, "tags": [string, ...], "level": "easy|hard"}',
      (value) => {
        expect(Object.keys(value)).toEqual(["question", "difficulty", "tags", "level"]);
        expect(value.question).toMatch(/\?$/);
        expect([1, 2, 3]).toContain(value.difficulty);
        expect(value.tags.length).toBeGreaterThan(0);
        expect(["easy", "hard"]).toContain(value.level);
      },
    ],
    [
      "Return a JSON object with the keys title, year and summary.",
      (value) =>
        expect(value).toEqual({ title: expect.any(String), year: expect.any(Number), summary: expect.any(String) }),
    ],
    [
      'Answer as JSON like {"a": {"b": 1.5, "c": true}}',
      (value) => expect(value).toEqual({ a: { b: expect.any(Number), c: expect.any(Boolean) } }),
    ],
    [
      "Reply with a JSON array of objects with the keys name and city.",
      (value) => expect(value[1]).toEqual({ name: expect.any(String), city: expect.any(String) }),
    ],
    [
      'Output JSON that fits {"type":"object","properties":{"n":{"type":"integer","minimum":7,"maximum":7}},"required":["n"]}',
      (value) => expect(value).toEqual({ n: 7 }),
    ],
    ["Describe Rome. Reply in JSON.", (value) => expect(value).toEqual({ answer: expect.any(String) })],
  ])("%s", (prompt, check) => check(JSON.parse(say(prompt))));

  test("a schema spelled out after a long prompt is followed", () => {
    const schema = {
      type: "object",
      properties: {
        choice: { type: "string", enum: ["praise", "complaint"] },
        n: { type: "integer", minimum: 3, maximum: 4 },
      },
      required: ["choice", "n"],
      additionalProperties: false,
    };
    const prompt = `Judge. Give JSON. ${"Words {here}. ".repeat(800)}\n\nAnswer with JSON. It must fit this JSON Schema:\n`;
    const validate = ajv.compile(schema);
    for (let seed = 0; seed < 20; seed++)
      expect(validate(JSON.parse(say(prompt + JSON.stringify(schema), seed)))).toBe(true);
  });

  test("the system prompt counts too, and example JSON does not", () => {
    const request: ConverseRequest = {
      ...ask("Describe Rome."),
      system: [{ text: "Return only valid JSON with the key answer." }],
    };
    expect(JSON.parse(answerAsSample({ modelId: MODEL, seed: 1, request }).content[0]!.text!)).toHaveProperty("answer");
    expect(isJson(say('Here is a film as JSON: {"title": "Alien"}. Describe it.'))).toBe(false);
  });
});

describe("words", () => {
  test.each<[string, RegExp]>([
    ['Ask one question about "The Third Man".', /^[^?]*\?$/],
    ["Write 3 questions about grey whales.", /^1\. [^?\n]*\?\n2\. [^?\n]*\?\n3\. [^?\n]*\?$/],
    ["Write a question and its answer about tectonic plates.", /^Question: .*\?\nAnswer: .*\.$/],
    ["Answer in two sentences: why do cities plant trees?", /^[^.]*\. [^.]*\.$/],
    ["Explain photosynthesis in one sentence.", /^[^.]*\.$/],
    ["List four benefits of walking.", /^1\. .*\n2\. .*\n3\. .*\n4\. .*$/],
    ["Classify the review as positive, negative or neutral: the soup was cold.", /^(positive|negative|neutral)$/],
    ["Rate the answer from 1 to 5. Give only the number.", /^[1-5]$/],
    ["Describe the old harbor in two paragraphs.", /^[^\n]+\n\n[^\n]+$/],
    ["Write a headline about Marie Curie.", /^[^.\n]*Marie Curie[^.\n]*$/],
  ])("%s", (prompt, shape) => {
    for (let seed = 0; seed < 10; seed++) expect(say(prompt, seed)).toMatch(shape);
  });

  test("a text has about the requested number of words", () => {
    const words = say("Describe the old harbor in about 120 words.").split(/\s+/).length;
    expect(words).toBeGreaterThan(90);
    expect(words).toBeLessThanOrEqual(120);
  });

  test("an answer is about what the prompt names", () => {
    expect(readTopics('Ask about "The Third Man" by Carol Reed for students of the cinema.')).toEqual([
      "The Third Man",
      "Carol Reed",
      "students",
      "the cinema",
    ]);
    expect(readTopics('{"Title": "Alien", "Director": "Ridley Scott"}')).toEqual(["Alien", "Ridley Scott"]);
    for (let seed = 0; seed < 10; seed++)
      expect(say('Write two sentences about "Metropolis".', seed)).toContain("Metropolis");
  });

  test("an answer to a question is not a question", () => {
    expect(readTask('Write an answer to this question: "Why is the sky blue?"').kind).toBe("prose");
    expect(readTask("Answer in two sentences: How would you ask a question?")).toMatchObject({
      kind: "prose",
      sentences: 2,
    });
  });

  test("sentences are well formed: capital, ending, correct articles, no unfilled gaps", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom("Explain {} in ten sentences.", "Write 5 questions about {}.", "Write a story about {}."),
        fc.constantFrom("old maps", '"Alien"', "Marie Curie", "an island"),
        (seed, task, topic) => {
          const text = say(task.replace("{}", topic), seed);
          expect(text).not.toMatch(/[{}]|undefined|\b[Aa] [aeio]|\b[Aa]n [^aeiouAEIOU"]|\bthe the\b| {2}|lorem/);
          for (const line of text.split(/(?<=[.?!]["”]?)\s+(?=\S)/))
            expect(line).toMatch(/^(\d+\.|["“]?\p{Lu}.*[.?!]["”]?)$/su);
        },
      ),
    );
  });

  test("different prompts, models and seeds have different answers; the same ones the same", () => {
    const answers = Array.from({ length: 200 }, (_, index) =>
      say(`Describe film number ${index} called "Film ${index}".`),
    );
    expect(new Set(answers).size).toBe(200);
    expect(say("Describe Rome.", 1)).toBe(say("Describe Rome.", 1));
    expect(say("Describe Rome.", 2)).not.toBe(say("Describe Rome.", 1));
    const request = ask("Describe Rome.");
    expect(answerAsSample({ modelId: "meta.llama3-1-8b-instruct-v1:0", seed: 1, request }).content).not.toEqual([
      { text: say("Describe Rome.") },
    ]);
  });
});

describe("tokens and ends", () => {
  test("an estimate is at least 1 and never more than the bytes sent", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), fc.string({ unit: "binary" }), (text, system) => {
        const request: ConverseRequest = { ...ask(text), system: system ? [{ text: system }] : [] };
        const tokens = countInputTokens(request);
        expect(tokens).toBeGreaterThanOrEqual(1);
        expect(tokens).toBeLessThanOrEqual(Buffer.byteLength(text) + Buffer.byteLength(system));
      }),
    );
    expect([countTokens("four"), countTokens("fives"), countTokens("ä€😀")]).toEqual([1, 2, 3]);
  });

  test("tools and schemas are counted as well", () => {
    const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
    expect(countInputTokens(toolRequest(schema, "x"))).toBeGreaterThan(countInputTokens(ask("x")) + 15);
    expect(countInputTokens(schemaRequest(schema, "x"))).toBeGreaterThan(countInputTokens(ask("x")) + 15);
  });

  test("no answer exceeds maxTokens, and a smaller limit only truncates it", () => {
    const whole = say("Explain the rings of Saturn in four sentences.");
    for (let maxTokens = 1; maxTokens < 80; maxTokens++) {
      const request = { ...ask("Explain the rings of Saturn in four sentences."), inferenceConfig: { maxTokens } };
      const { content, stopReason, usage } = answerAsSample({ modelId: MODEL, seed: 1, request });
      const text = content[0]?.text ?? "";
      expect(whole.startsWith(text)).toBe(true);
      expect(stopReason).toBe(text === whole ? "end_turn" : "max_tokens");
      expect(usage.outputTokens).toBe(Math.min(maxTokens, countTokens(whole)));
    }
  });

  test("truncation splits no character", () => {
    expect(cutToTokens("😀😀😀", 2)).toBe("😀😀");
    expect(cutToTokens("a€€€", 1)).toBe("a€");
    expect(cutToTokens("aa€", 1)).toBe("aa");
  });

  test("a stop sequence ends the answer before it", () => {
    const whole = say("Explain the rings of Saturn in four sentences.");
    const request = {
      ...ask("Explain the rings of Saturn in four sentences."),
      inferenceConfig: { stopSequences: ["."] },
    };
    const { content, stopReason } = answerAsSample({ modelId: MODEL, seed: 1, request });
    expect(content[0]?.text).toBe(whole.slice(0, whole.indexOf(".")));
    expect(stopReason).toBe("stop_sequence");
  });

  test("a truncated answer says so", () => {
    const request = ask("Explain the rings of Saturn in four sentences.");
    const { stopReason, usage } = answerAsSample({ modelId: MODEL, seed: 1, request, cutAt: 0.5 });
    expect(stopReason).toBe("max_tokens");
    expect(usage.outputTokens).toBeLessThan(countTokens(say("Explain the rings of Saturn in four sentences.")) / 2 + 1);
  });

  test("after a tool's result the model answers in text", () => {
    const { messages, toolConfig } = toolRequest({ type: "object" }, 'What is "Alien" about?');
    const result = {
      role: "user" as const,
      content: [{ toolResult: { toolUseId: "1", content: [{ text: "A ship." }] } }],
    };
    const use = { role: "assistant" as const, content: [{ toolUse: { toolUseId: "1", name: "answer", input: {} } }] };
    const request = { messages: [...messages, use, result], toolConfig: { tools: toolConfig!.tools } };
    expect(answerAsSample({ modelId: MODEL, seed: 1, request }).content[0]?.text).toMatch(/\w/);
  });
});

/** Satisfiable schemas, nested at most `depth` deep. */
function objectSchema(depth: number): fc.Arbitrary<JsonSchema> {
  const names = fc.uniqueArray(
    fc.constantFrom("title", "question", "rating", "tags", "year", "note", "x", "__proto", "items", "email"),
    { minLength: 1, maxLength: 4 },
  );
  return names.chain((keys) =>
    fc
      .record({
        values: fc.tuple(...keys.map(() => anySchema(depth - 1))),
        required: fc.subarray(keys),
        additionalProperties: fc.boolean(),
      })
      .map(({ values, required, additionalProperties }) => ({
        type: "object",
        properties: Object.fromEntries(keys.map((key, index) => [key, values[index]])),
        required,
        additionalProperties,
      })),
  );
}

function anySchema(depth: number): fc.Arbitrary<JsonSchema> {
  const leaf = fc.oneof(
    fc.constantFrom<JsonSchema>(
      { type: "boolean" },
      { type: "null" },
      {},
      true,
      { type: "string" },
      { type: "integer" },
      { type: "number" },
    ),
    fc
      .tuple(fc.nat(60), fc.nat(60))
      .map(([minLength, more]) => ({ type: "string", minLength, maxLength: minLength + more })),
    fc.constantFrom("date", "date-time", "email", "uri").map((format) => ({ type: "string", format })),
    fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(20))
      .map(([minimum, more]) => ({ type: "integer", minimum, maximum: minimum + more })),
    fc
      .tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0.001, max: 5, noNaN: true }))
      .map(([minimum, more]) => ({ type: "number", minimum, maximum: minimum + more })),
    fc
      .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { minLength: 1, maxLength: 4 })
      .map((values) => ({ enum: values })),
    // Ajv calls an object's own "toString" and "valueOf", and fails on one that is not a function.
    fc
      .jsonValue({ maxDepth: 1 })
      .map((value) => JSON.stringify(value))
      .filter((text) => !/"(toString|valueOf)":/.test(text))
      .map((text) => ({ const: JSON.parse(text) })),
    fc.constant({ type: "string", nullable: true }),
    fc.constant({ type: ["integer", "null"], minimum: 3 }),
  );
  if (depth <= 0) return leaf;
  const inner = anySchema(depth - 1);
  return fc.oneof(
    leaf,
    objectSchema(depth),
    fc
      .tuple(inner, fc.nat(3), fc.nat(3))
      .map(([items, minItems, more]) => ({ type: "array", items, minItems, maxItems: minItems + more })),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc
      .tuple(objectSchema(depth), objectSchema(depth))
      .map(([left, right]) => ({ oneOf: [tagged(left, "left"), tagged(right, "right")] })),
    fc
      .tuple(fc.nat(10), fc.nat(10))
      .map(([low, more]) => ({ allOf: [{ type: "integer", minimum: low }, { maximum: low + more }] })),
  );
}

function tagged(schema: JsonSchema, kind: string): JsonSchema {
  const { properties, required, ...rest } = schema as Record<string, any>;
  return { ...rest, properties: { ...properties, kind: { const: kind } }, required: [...required, "kind"] };
}

function kindOf(kind: string, member: string) {
  return {
    type: "object",
    properties: { kind: { const: kind }, [member]: { type: "string" } },
    required: ["kind", member],
    additionalProperties: false,
  };
}

function ask(text: string): ConverseRequest {
  return { messages: [{ role: "user", content: [{ text }] }] };
}

function toolRequest(json: JsonSchema, text: string): ConverseRequest {
  return {
    ...ask(text),
    toolConfig: {
      tools: [{ toolSpec: { name: "answer", inputSchema: { json } } }],
      toolChoice: { tool: { name: "answer" } },
    },
  };
}

function schemaRequest(schema: JsonSchema, text: string): ConverseRequest {
  const jsonSchema = { name: "answer", schema: JSON.stringify(schema) };
  return { ...ask(text), outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema } } } };
}

function toolInput(schema: JsonSchema, text: string, seed = 1): unknown {
  const request = { ...toolRequest(schema, text), inferenceConfig: { maxTokens: 1_000_000 } };
  return answerAsSample({ modelId: MODEL, seed, request }).content[0]?.toolUse?.input;
}

function textWithSchema(schema: JsonSchema, text: string, seed: number): string {
  const request = { ...schemaRequest(schema, text), inferenceConfig: { maxTokens: 1_000_000 } };
  return answerAsSample({ modelId: MODEL, seed, request }).content[0]?.text ?? "";
}

function say(text: string, seed = 1): string {
  return answerAsSample({ modelId: MODEL, seed, request: ask(text) }).content[0]?.text ?? "";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isDateTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}
