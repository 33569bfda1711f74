import { coerce, inferType, mergeInferredTypes, commonType, inferFromRecord } from "#core/dataset/columns";

test.each([
  ["text", "string"],
  [12, "integer"],
  [1.5, "number"],
  [2 ** 60, "number"],
  [true, "boolean"],
  [[1], "json"],
  [{ a: 1 }, "json"],
  [null, undefined],
  [[{ role: "user", content: "Hi" }], "messages"],
  [[{ role: "user", content: "Hi", weight: 1 }], "json"],
  [[{ role: "assistant", content: null, tool_calls: [null] }], "json"],
] as const)("the kind of %j is %s", (value, kind) => expect(inferType(value)).toBe(kind));

test.each([
  ["integer", "number", "number"],
  ["integer", "integer", "integer"],
  ["integer", "string", "json"],
  ["boolean", undefined, "boolean"],
  [undefined, undefined, undefined],
] as const)("%s and %s together are %s", (one, other, both) => {
  expect(commonType(one, other)).toBe(both);
  expect(commonType(other, one)).toBe(both);
});

test("kinds grow with records and shards, and nulls change nothing", () => {
  const first = inferFromRecord({}, { a: 1, b: null });
  expect(first).toEqual({ a: "integer" });
  expect(inferFromRecord(first, { a: 2, b: null })).toBe(first);
  expect(mergeInferredTypes([first, { a: "number", b: "string" }, {}])).toEqual({ a: "number", b: "string" });
});

test.each([
  ["12", "integer", 12],
  [" -3 ", "integer", -3],
  ["9223372036854775807", "integer", "9223372036854775807"],
  ["-9223372036854775808", "integer", "-9223372036854775808"],
  ["0000000000000000012", "integer", 12],
  [7, "string", "7"],
  [{ a: 1 }, "string", '{"a":1}'],
  ["1e3", "number", 1000],
  ["TRUE", "boolean", true],
  [[1], "json", [1]],
  ["as it is", undefined, "as it is"],
  [null, "integer", null],
  [undefined, "string", null],
] as const)("%j as %s is %j", (value, type, expected) => expect(coerce(value, type)).toEqual(expected));

test.each([
  ["twelve", "integer", "a whole number"],
  [1.5, "integer", "a whole number"],
  ["9223372036854775808", "integer", "a whole number"],
  ["", "number", "a number"],
  ["yes", "boolean", "true or false"],
  [true, "number", "a number"],
] as const)("%j as %s is refused", (value, type, wanted) =>
  expect(() => coerce(value, type)).toThrow(`it must be ${wanted}, not`),
);
