/** Schemas are enforced, although their patterns run in the sandbox, and whatever they say about themselves. */
import type { Template } from "#core/template/template";
import { OutputValidator } from "../../../worker/record/output-validator.ts";
import { Sandbox } from "../../../worker/sandbox/sandbox.ts";

async function reading(schema: object): Promise<(value: object | string) => unknown> {
  const step = { id: "s", output: { type: "json", schema }, maxTokens: 9 } as unknown as Template["steps"][number];
  const outputs = new OutputValidator({ steps: [step] } as unknown as Template, await Sandbox.create());
  return (value) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return outputs.parse(step, { text, stopReason: "end_turn" });
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

test("an answer nested five thousand levels deep is a bad answer, and no worker dies of it", async () => {
  const read = await reading({ type: "object", properties: { a: {} } });
  const deep = `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
  expect(() => read(deep)).toThrow("is nested more than 100 levels deep");
});
