import { wellFormed } from "../../../core/dataset/well-formed.ts";

test.each([
  ["cut \ud83d here", "cut \ufffd here"],
  [{ a: ["\udc4d", { "\ud83d": "x" }] }, { a: ["\ufffd", { "\ufffd": "x" }] }],
])("half a character in %j is replaced", (value, whole) => expect(wellFormed(value)).toEqual(whole));

test.each(["👍", { a: [1, null, "é"] }, "a text that says \\ud83d", undefined, null])(
  "%j is left as it is",
  (value) => {
    expect(wellFormed(value)).toEqual(value);
  },
);
