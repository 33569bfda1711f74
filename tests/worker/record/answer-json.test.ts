import { extractJson } from "../../../worker/record/answer-json.ts";

const valuesIn = (text: string, isCutOff = false) => [...extractJson(text, isCutOff)].map(({ value }) => value);
const isMended = (text: string) => [...extractJson(text)].at(0)?.isMended;

test.each([
  ["bare", '{"a": 1}', { a: 1 }],
  ["in a fence", 'Sure!\n```json\n{"a": 1}\n```\nHope it helps.', { a: 1 }],
  ["in a fence that is not closed", '```json\n{"a": 1}', { a: 1 }],
  ["in prose", 'The answer is {"a": [1, 2]}, I think.', { a: [1, 2] }],
])("JSON %s is found as it is", (_, text, value) => {
  expect(valuesIn(text)[0]).toEqual(value);
  expect(isMended(text)).toBe(false);
});

test.each([
  ["a trailing comma", '{"a": 1,}', { a: 1 }],
  ["single quotes", "{'a': 'x'}", { a: "x" }],
  ["an apostrophe in single quotes", "{'a': 'It's Zoë's', 'b': 3}", { a: "It's Zoë's", b: 3 }],
  ["Python's constants", "{'a': True, 'b': None}", { a: true, b: null }],
  ["a comment", '{"a": 1, // one\n"b": 2}', { a: 1, b: 2 }],
  ["a raw line break", '{"a": "one\ntwo"}', { a: "one\ntwo" }],
  ["quotes inside a text", '{"a": "He said "hi" to me"}', { a: 'He said "hi" to me' }],
  ["a missing comma", '{"a": "x"\n"b": "y"}', { a: "x", b: "y" }],
  ["curly quotes", "{“a”: “x”}", { a: "x" }],
  ["a bracket missing at the end", '{"a": {"b": 1}', { a: { b: 1 } }],
  ["prose around it", 'Here you are:\n{"a": 1,}\nEnjoy!', { a: 1 }],
])("JSON with %s is mended", (_, text, value) => {
  expect([...extractJson(text)]).toContainEqual({ value, isMended: true });
});

test("an apostrophe that cannot be told from a quote is not delivered as another text", () => {
  const found = valuesIn("{'a': 'the dogs' bone', 'b': 3}");
  expect(JSON.stringify(found)).not.toContain('\\"');
});

test.each([
  [String.raw`{"a": "\(x^2\) and \alpha"}`, String.raw`\(x^2\) and \alpha`],
  [String.raw`{"a": "\frac{1}{2} \times \beta"}`, String.raw`\frac{1}{2} \times \beta`],
  [String.raw`{"a": "\\frac{1}{2}\nline"}`, "\\frac{1}{2}\nline"],
  [String.raw`{"a": "tab\tname\u00e9 \"q\""}`, 'tab\tnameé "q"'],
  [String.raw`{"a": "\d+ in C:\temp"}`, String.raw`\d+ in C:${"\t"}emp`],
])("LaTeX keeps its backslashes, and escapes stay escapes: %s", (text, value) => {
  expect(valuesIn(text)[0]).toEqual({ a: value });
});

test.each(["I like {curly} talk.", "- [x] Done", "[x] Done", "No JSON here.", "{"])(
  "prose with brackets is no JSON: %j",
  (text) => {
    expect(valuesIn(text)).toEqual([]);
  },
);

test("an answer that was cut off is not completed", () => {
  expect(valuesIn('{"a": {"b": 1}', true)).not.toContainEqual({ a: { b: 1 } });
  expect(valuesIn('{"a": "unfin')).toEqual([]);
});

test("a text too long or too deep for mending is left as it is", () => {
  expect(valuesIn(`{'a': '${"it's, ".repeat(20_000)}'}`)).toEqual([]);
  expect(valuesIn(`{'a': ${"[".repeat(15_000)}`)).toEqual([]);
});
