import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { exampleOf, placeholderOf } from "../../../core/template/placeholder.ts";

test.each([
  ["a text", { type: "text" }, "[answer of draft]"],
  ["a list", { type: "list", min: 1, max: 10 }, ["[draft 1]", "[draft 2]", "[draft 3]"]],
  ["a short list", { type: "list", min: 1, max: 2 }, ["[draft 1]", "[draft 2]"]],
  ["a long list", { type: "list", min: 4, max: 9 }, ["[draft 1]", "[draft 2]", "[draft 3]", "[draft 4]"]],
  ["a choice", { type: "choice", of: ["good", "bad"] }, "good"],
  [
    "a list of objects",
    {
      type: "json",
      schema: { type: "array", items: { type: "object", required: ["q"], properties: { q: { type: "string" } } } },
    },
    [{ q: "[draft 1.q]" }],
  ],
] as const)("%s is stood in for", (_, output, expected) => {
  expect(placeholderOf({ id: "draft", output })).toEqual(expected);
});

test.each([
  ["a text", { type: "string" }, "[it]"],
  ["a text of some length", { type: "string", minLength: 6, maxLength: 8 }, "[it].."],
  ["a short text", { type: "string", maxLength: 2 }, "[i"],
  ["a date", { type: "string", format: "date" }, "2026-01-31"],
  ["a number in a range", { type: "integer", minimum: 5, maximum: 9 }, 5],
  ["a number between numbers", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 10 }, 1],
  ["a multiple", { type: "integer", minimum: 5, multipleOf: 4 }, 8],
  ["a number below zero", { type: "integer", maximum: -3 }, -3],
  ["a constant", { const: 7 }, 7],
  ["one of some", { enum: [null, "a"] }, "a"],
  ["anything", {}, "[it]"],
  ["a list", { type: "array", items: { type: "boolean" }, minItems: 2 }, [true, true]],
  ["no list at all", { type: "array", items: {}, maxItems: 0 }, []],
  ["a pair", { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }] }, ["[it 1]", 1]],
  [
    "an object, optional fields and all",
    {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "object", properties: { c: {} } } },
      required: ["a"],
    },
    { a: "[it.a]", b: { c: "[it.b.c]" } },
  ],
  ["a field without a schema", { type: "object", required: ["a"] }, { a: "[it.a]" }],
  ["what is combined", { allOf: [{ type: "object", required: ["a"] }, { properties: { a: { const: 1 } } }] }, { a: 1 }],
  ["one of two", { anyOf: [{ type: "integer" }, { type: "string" }] }, 1],
  [
    "the alternative that fits",
    {
      type: "object",
      required: ["a"],
      oneOf: [{ properties: { b: { const: 1 } }, required: ["b"], maxProperties: 1 }, { not: { required: ["b"] } }],
    },
    { a: "[it.a]" },
  ],
  [
    "an object whose optional fields exclude each other",
    { type: "object", properties: { a: {}, b: {} }, required: ["a"], not: { required: ["b"] } },
    { a: "[it.a]" },
  ],
  ["what has a length", { type: ["string", "array", "object"], properties: { length: {} } }, "[it]"],
])("an example of %s fits its schema", (_, schema, expected) => {
  const example = exampleOf(schema, "it");
  expect(example).toEqual(expected);
  expect(new Ajv2020({ strict: false, validateFormats: false }).validate(schema, example)).toBe(true);
});

test("a schema that refers to itself has an example that ends", () => {
  const schema = {
    type: "object",
    properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#" } } },
    required: ["name", "children"],
  };
  const example = exampleOf(schema, "tree") as any;
  expect(example.name).toBe("[tree.name]");
  expect(new Ajv2020({ strict: false }).validate(schema, example)).toBe(true);
});

test("a schema that nothing fits, that never ends or is broken still has an example", () => {
  expect(exampleOf({ not: {} }, "it")).toBe("[it]");
  expect(exampleOf({ $ref: "#/nowhere" }, "it")).toBe("[it]");
  expect(exampleOf({ allOf: [{ $ref: "#" }] }, "it")).toBe("[it]");
  expect(exampleOf({ type: "object", required: ["a"], properties: { a: { $ref: "#" } } }, "it")).toHaveProperty("a.a");
});

test("a pattern that would never end is not even tried", () => {
  expect(exampleOf({ type: "string", minLength: 40, pattern: "^(([^x]+)+)+x$" }, "it")).toHaveLength(40);
});

const leaf = fc.oneof(
  fc.record({ type: fc.constant("string"), minLength: fc.nat(20) }),
  fc.record({ type: fc.constant("integer"), minimum: fc.integer({ min: -50, max: 50 }) }),
  fc.constant({ type: "boolean" }),
  fc.record({ enum: fc.uniqueArray(fc.string(), { minLength: 1 }) }),
);
const schemas = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ type: fc.constant("array"), items: tie("schema"), minItems: fc.nat(3) }),
    fc
      .tuple(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("schema"), { maxKeys: 4 }), fc.boolean())
      .map(([properties, all]) => ({
        type: "object",
        properties,
        required: all ? Object.keys(properties) : [],
        additionalProperties: false,
      })),
  ),
})).schema;

test("examples of usual schemas fit them", () => {
  fc.assert(
    fc.property(schemas, (schema) => new Ajv2020({ strict: false }).validate(schema, exampleOf(schema as never, "x"))),
    { seed: 1, numRuns: 200 },
  );
});

test.each<[string, object]>([
  [
    "ten fields, each like the whole",
    {
      type: "object",
      required: [..."abcdefghij"],
      properties: Object.fromEntries([..."abcdefghij"].map((name) => [name, { $ref: "#" }])),
    },
  ],
  ["combined from itself ten times", { type: "object", allOf: Array(10).fill({ $ref: "#" }) }],
  [
    "alternatives of alternatives",
    {
      type: "object",
      $defs: Object.fromEntries(
        Array.from({ length: 26 }, (_, n) => [`d${n}`, { anyOf: Array(2).fill({ $ref: `#/$defs/d${n + 1}` }) }]),
      ),
      $ref: "#/$defs/d0",
    },
  ],
])("a schema of %s gets an example soon", (_, schema) => {
  expect(exampleOf(schema, "it")).toBeInstanceOf(Object);
});

test("candidates are validated within a limit where that may take any time, and no more once it has run out", () => {
  const schema = {
    type: "object",
    properties: { a: { type: "object", properties: { a: { $ref: "#" } } } },
    oneOf: [{ required: ["a"], maxProperties: 0 }, {}],
  };
  let runs = 0;
  const runsOut = () => {
    runs += 1;
    throw new Error("it took longer than 500 ms");
  };
  const fitting = exampleOf(structuredClone(schema), "it", (run) => run());
  expect(new Ajv2020({ strict: false }).validate(schema, fitting)).toBe(true);
  expect([exampleOf(schema, "it", runsOut), exampleOf(schema, "it", runsOut)]).toEqual([
    expect.any(Object),
    expect.any(Object),
  ]);
  expect(runs).toBe(1);
});
