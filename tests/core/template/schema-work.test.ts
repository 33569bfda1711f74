/** The work of validating against a schema, judged from its text. */
import { workOf } from "../../../core/template/schema-work.ts";
import { readTemplate } from "../../../core/template/parse.ts";

/** Each definition is combined from the one before twice. */
const doubling = (keyword: string, times: number, refer = (n: number): object => ({ $ref: `#/$defs/d${n}` })) => ({
  type: "object",
  $defs: Object.fromEntries([
    ["d0", { minProperties: 5, $anchor: "d0" }],
    ...Array.from({ length: times }, (_, n) => [
      `d${n + 1}`,
      { [keyword]: [refer(n), refer(n)], $anchor: `d${n + 1}` },
    ]),
  ]),
  ...refer(times),
});

describe("the schemas applied to one value", () => {
  test("are counted as often as they are referred to", () => {
    expect(workOf(doubling("allOf", 4)).perValue).toBeGreaterThan(2 ** 4);
    expect(workOf(doubling("allOf", 4)).perValue).toBeLessThan(2 ** 7);
    expect(workOf(doubling("anyOf", 40)).perValue).toBeGreaterThan(2 ** 40);
    expect(workOf(doubling("oneOf", 20, (n) => ({ $ref: `#d${n}` }))).perValue).toBeGreaterThan(2 ** 20);
  });

  test("are not those of its parts", () => {
    const items = { type: "array", items: { type: "object", properties: { a: {}, b: {}, c: {} } } };
    expect(workOf({ type: "object", properties: { items } }).perValue).toBe(1);
  });
});

describe("linear", () => {
  test.each<[string, object, boolean]>([
    [
      "what answers usually are",
      { type: "object", properties: { a: { type: "array", items: { enum: ["x"] } } } },
      true,
    ],
    [
      "definitions",
      { type: "object", $defs: { a: { type: "string" } }, properties: { a: { $ref: "#/$defs/a" } } },
      true,
    ],
    ["recursion", { type: "object", properties: { child: { $ref: "#" } } }, false],
    ["recursion by name", { $id: "tree", type: "object", properties: { child: { $ref: "tree" } } }, false],
    ["a reference to something unknown", { type: "object", properties: { a: { $ref: "other.json" } } }, false],
    ["a pattern", { type: "object", properties: { a: { pattern: "(a+)+$" } } }, false],
    ["items that differ", { type: "object", properties: { a: { uniqueItems: true } } }, false],
    ["a definition that nothing refers to", { type: "object", $defs: { a: { $ref: "#/$defs/a" } } }, true],
    ["definitions that double", doubling("allOf", 12), false],
  ])("%s", (_, schema, isLinear) => {
    expect(workOf(schema).isLinear).toBe(isLinear);
  });
});

describe("a template's output schema", () => {
  const problemsOf = (schema: object) => {
    const step = { id: "a", tier: "economy", prompt: "x <%= it.seed.a %>", output: { type: "json", schema } };
    const { problems } = readTemplate(JSON.stringify({ name: "T", steps: [step] }, undefined, 1));
    return problems.map(({ message, line, column }) => [line, column, message]);
  };
  const named = (n: number, schema: object) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}`, schema]));
  const more =
    'applies more than 2000 schemas to a single value, through "$ref", "allOf", "anyOf" and the like; simplify it.';

  test.each<[string, object, string]>([
    ["allOf that doubles", doubling("allOf", 22), more],
    ["anyOf that doubles", doubling("anyOf", 22), more],
    ["references by anchors", doubling("allOf", 22, (n) => ({ $ref: `#d${n}` })), more],
    [
      "it deep inside",
      {
        type: "object",
        properties: { list: { items: { ...doubling("oneOf", 22), type: "array" } } },
        $defs: doubling("oneOf", 22).$defs,
      },
      more,
    ],
    [
      "thousands of properties",
      { type: "object", properties: named(1_500, {}) },
      "consists of 1501 schemas; at most 1000 are allowed, so simplify it.",
    ],
    [
      "thousands of references in a chain",
      {
        type: "object",
        $ref: "#/$defs/p0",
        $defs: Object.fromEntries(Array.from({ length: 1_400 }, (_, n) => [`p${n}`, { $ref: `#/$defs/p${n + 1}` }])),
      },
      "consists of 1401 schemas; at most 1000 are allowed, so simplify it.",
    ],
  ])("with %s is refused at its place", (_, schema, expected) => {
    expect(problemsOf(schema)).toEqual([[10, 15, `The output schema of step "a" ${expected}`]]);
  });

  test("that refers to a large definition hundreds of times is compiled once", () => {
    const large = { properties: named(400, { type: "integer" }) };
    expect(problemsOf({ type: "object", $defs: { large }, properties: named(400, { $ref: "#/$defs/large" }) })).toEqual(
      [],
    );
  });

  test("of expressions within expressions is fine", () => {
    const expr = { $ref: "#/$defs/expr" };
    const node = (op: string) => ({
      type: "object",
      required: ["op"],
      properties: { op: { const: op }, left: expr, right: expr },
    });
    const schema = {
      type: "object",
      $defs: { expr: { anyOf: ["+", "-", "*", "/"].map(node) } },
      properties: { root: expr },
    };
    expect(problemsOf(schema)).toEqual([]);
    expect(workOf(schema)).toMatchObject({ perValue: 6, isLinear: false });
  });
});
