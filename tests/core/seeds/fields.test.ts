import { FieldProfiler, jsonTypeOf, type SeedField } from "../../../core/seeds/fields.ts";
import { fitRow } from "../../../core/seeds/row-size.ts";

function fieldsOf(...items: object[]): SeedField[] {
  const summary = new FieldProfiler();
  for (const item of items) summary.add(item as Record<string, unknown>);
  return summary.fields();
}

const named = (fields: SeedField[], name: string) => fields.find((field) => field.name === name);

test.each([
  [null, "null"],
  [1, "integer"],
  [1.5, "number"],
  ["", "string"],
  [true, "boolean"],
  [[], "array"],
  [{}, "object"],
])("%j is a JSON %s", (value, type) => {
  expect(jsonTypeOf(value)).toBe(type);
});

test("tells types, what is missing and three different examples of each field", () => {
  expect(
    fieldsOf({ a: 1, b: "x" }, { a: 1.5, b: "" }, { a: null, b: "y" }, { a: "z" }, { a: 1, c: "long".repeat(50) }),
  ).toEqual([
    {
      name: "a",
      types: ["integer", "number", "string"],
      count: 4,
      missing: 1,
      nulls: 1,
      distinct: 3,
      examples: ["1", "1.5", '"z"'],
    },
    { name: "b", types: ["string"], count: 2, missing: 3, empty: 1, distinct: 2, examples: ['"x"', '"y"'] },
    { name: "c", types: ["string"], count: 1, missing: 4, examples: [expect.stringMatching(/^"long.{74}…$/)] },
  ]);
});

test("counts fields of objects by those objects, and elements by all lists together", () => {
  const fields = fieldsOf(
    { body: { text: "x" }, tags: [{ name: "a" }, { name: "b", n: 1 }] },
    { body: {}, tags: [] },
    { body: null, tags: [{ name: "c" }, null] },
  );
  expect(fields.map(({ name, types, count, missing }) => [name, types, count, missing])).toEqual([
    ["body", ["object"], 2, 1],
    ["body.text", ["string"], 1, 1],
    ["tags", ["array"], 3, 0],
    ["tags[]", ["object"], 3, 1],
    ["tags[].name", ["string"], 3, 0],
    ["tags[].n", ["integer"], 1, 2],
  ]);
});

test("goes four names deep and two lists in each other, and says that there is more", () => {
  const fields = fieldsOf({ a: { b: { c: { d: { e: 1 } } } }, rings: [[[1]]] });
  expect(fields.map(({ name, more }) => [name, more])).toEqual([
    ["a", undefined],
    ["a.b", undefined],
    ["a.b.c", undefined],
    ["a.b.c.d", true],
    ["rings", undefined],
    ["rings[]", undefined],
    ["rings[][]", true],
  ]);
});

test("an object with more than 50 names is a map: its names are data, not fields", () => {
  const languages = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`l${n}`, { x: n }]));
  expect(named(fieldsOf({ names: languages(50) }), "names.l49.x")).toMatchObject({ types: ["integer"] });
  expect(fieldsOf({ names: languages(30) }, { names: { ...languages(30), ...languages(51) } }, { b: 1 })).toEqual([
    expect.objectContaining({ name: "names", count: 2, more: true }),
    expect.objectContaining({ name: "b" }),
  ]);
});

test("names that would be mistaken for paths stand in brackets", () => {
  const fields = fieldsOf({ "a.b": 1, 'c"': { "d[]": 1, "Top 10": 2 }, "[x]": [1] });
  expect(fields.map(({ name }) => name)).toEqual([
    '["a.b"]',
    '["c\\""]',
    '["c\\""]["d[]"]',
    '["c\\""].Top 10',
    '["[x]"]',
    '["[x]"][]',
  ]);
});

test("counts different values while they are few and short", () => {
  const items = Array.from({ length: 200 }, (_, n) => ({ few: n % 7, many: n, long: "x".repeat(61), list: [n % 2] }));
  const fields = fieldsOf(...items);
  expect(named(fields, "few")?.distinct).toBe(7);
  expect(named(fields, "list[]")).toMatchObject({ distinct: 2, count: 200 });
  for (const name of ["many", "long", "list"]) expect(named(fields, name)).not.toHaveProperty("distinct");
});

test("refuses more fields than a table has", () => {
  const summary = new FieldProfiler();
  const wide = (from: number, to: number) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, n) => [`f${from + n}`, 1]));
  summary.add(wide(0, 200));
  expect(() => summary.add(wide(200, 201))).toThrow(
    "The items have more than 200 different fields; keep only those that templates need.",
  );
});

describe("fitRow", () => {
  const collection = (name: string, nameLength: number, inner = false) => ({
    ...{ name, fileName: "f", itemCount: 1, bytes: 1 },
    fields: Array.from({ length: 200 }, (_, n) => ({
      name: `${n}`.padEnd(nameLength, "ü") + (inner && n % 2 === 1 ? ".x" : ""),
      types: ["object"],
      count: 1,
      missing: 0,
      examples: ["y".repeat(80), "z".repeat(80)],
    })),
  });
  const many = (nameLength: number, inner = false) =>
    Array.from({ length: 8 }, (_, n) => collection(`c${n}`, nameLength, inner));

  test("leaves alone what fits", () => {
    expect(fitRow([collection("a", 10)])).toEqual([collection("a", 10)]);
  });

  test("leaves out examples first, then what lies inside of fields, saying so", () => {
    expect(fitRow(many(10))[7]?.fields[1]).toEqual({
      name: "1üüüüüüüüü",
      types: ["object"],
      count: 1,
      missing: 0,
      examples: [],
    });
    const fields = fitRow(many(90, true))[7]?.fields;
    expect(fields).toHaveLength(100);
    expect(fields?.[1]).toMatchObject({ examples: [], more: true });
  });

  test("counts bytes, and refuses when nothing helps", () => {
    expect(() => fitRow(many(70))).toThrow(/^The seed set has too many fields, or their names are too long/);
  });
});
