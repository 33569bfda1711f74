import { isNestedTooDeep, MAX_NESTING } from "#core/nesting";

const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

test.each([
  ["a text", "x", false],
  ["null", null, false],
  ["as deep as allowed", nested(MAX_NESTING), false],
  ["one level more", nested(MAX_NESTING + 1), true],
  ["a hundred thousand levels", nested(100_000), true],
  ["beside something flat", { a: 1, b: nested(5_000) }, true],
])("%s", (_, value, isTooDeep) => expect(isNestedTooDeep(value)).toBe(isTooDeep));
