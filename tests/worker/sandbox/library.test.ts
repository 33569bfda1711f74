/** The functions of docs/template-functions.md, as they work in the sandbox. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LIBRARY } from "../../../worker/sandbox/guest/library/library.ts";
import { Prompts } from "../../../worker/sandbox/prompts.ts";
import { Sandbox } from "../../../worker/sandbox/sandbox.ts";
import { templateOf } from "./hostile/template-of.ts";

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.ready());

function value(expression: string, it: object = {}, chance = 1): unknown {
  return new Prompts(templateOf({ prompt: "x", column: expression }), {}, sandbox).columns(JSON.stringify(it), chance)
    .c;
}

test.each([
  ['truncateTokens("one two three four", 3)', "one two…"],
  ['truncateTokens("one two three", 10)', "one two three"],
  ['truncateTokens("abcdefghijkl", 2)', "abcdefg…"],
  ['truncateTokens("abc def ghi", 2)', "abc def…"],
  ['truncateTokens("ab\\ud83d\\ude00cdef", 1)', "ab…"],
  ['truncateTokens("", 1)', ""],
  ['sentences("One. Two! Three? Four")', ["One.", "Two!", "Three?", "Four"]],
  [
    'sentences("Dr. No met J. R. Smith at 3.5 p.m. today. He ran.")',
    ["Dr. No met J. R. Smith at 3.5 p.m. today.", "He ran."],
  ],
  [
    'sentences("She said \\"Go!\\" Then left... Really?! Yes.")',
    ['She said "Go!"', "Then left...", "Really?!", "Yes."],
  ],
  [
    'sentences("今日は。元気？\\n\\nNew paragraph without a stop")',
    ["今日は。", "元気？", "New paragraph without a stop"],
  ],
  ['sentences("  ")', []],
  ['keywords("The robbers plan a heist. The heist fails, and the robbers flee.", 2)', ["robbers", "heist"]],
  [
    'keywords("It\'s well-known: constructor __proto__ toString constructor")',
    ["constructor", "well-known", "proto", "tostring"],
  ],
  ['keywords("the and of")', []],
  ['writingStyle("The rose is red\\nThe sea is wide\\nI dream of you\\nAt eventide")', "poetic"],
  ['writingStyle("Stop! Who goes there? Run! Now, before they come for us all!")', "dramatic"],
  ['writingStyle("He left. She stayed. Rain fell. Nothing else.")', "minimalist"],
  [
    'writingStyle("When he was young he walked to the river, and then he saw that she had gone before they came.")',
    "narrative",
  ],
  [
    'writingStyle("The vast and beautiful valley held quiet meadows of golden grass beneath a pale, luminous and endless sky.")',
    "descriptive",
  ],
  [
    'writingStyle("Revenue grew by four percent while operating costs stayed at the level of the last quarter.")',
    "general",
  ],
  ['writingStyle("")', "general"],
  ['writingStyle(("clause after clause of matter " ).repeat(8) + ".")', "verbose"],
  [
    'stripMarkdown("# Title\\n\\n**Bold** and *it*, `code` and [a link](http://x.y) ![img](z)\\n\\n- one\\n- [x] two\\n> quote")',
    "Title\n\nBold and it, code and a link img\n\none\ntwo\nquote",
  ],
  ['stripMarkdown("```js\\nlet a_b_c = 1;\\n```\\n---\\n1. first")', "let a_b_c = 1;\n\nfirst"],
  ["json({ a: [1] })", '{"a":[1]}'],
  ["json({ a: 1 }, 2)", '{\n  "a": 1\n}'],
  ['wrap("one two three four", 9)', "one two\nthree\nfour"],
  ['wrap("a\\nlongerthanwidth b", 5)', "a\nlongerthanwidth\nb"],
  ['dedent("\\n    a\\n      b\\n\\n    c\\n  ")', "a\n  b\n\nc"],
  ["numberWords(0)", "zero"],
  ["numberWords(21)", "twenty-one"],
  ["numberWords(1205)", "one thousand two hundred and five"],
  ["numberWords(1_000_001)", "one million and one"],
  ["numberWords(-3.14)", "minus three point one four"],
  ["numberWords(0.0000005)", "zero point zero zero zero zero zero zero five"],
  ["numberWords(1e15)", "one quadrillion"],
  [
    "[1, 2, 3, 4, 11, 12, 13, 21, 112, 1003].map(ordinal)",
    ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "1003rd"],
  ],
  ['dateWords("2026-11-23")', "23 November 2026"],
  ['dateWords("2024-02-29T10:00:00Z")', "29 February 2024"],
  ['dateWords("2026-11")', "November 2026"],
])("%s", (expression, expected) => expect(value(expression)).toEqual(expected));

test.each([
  ["truncateTokens(1, 2)", "truncateTokens(text, n): text must be a text, not 1"],
  ['truncateTokens("a", 0)', "truncateTokens(text, n): n must be a whole number from 1 to 1000000, not 0"],
  ["sentences(undefined)", "sentences(text) must be a text, not undefined"],
  ['keywords("a", "b")', 'keywords(text, n): n must be a whole number from 0 to 1000, not the text "b"'],
  ["randomSentence([])", "randomSentence(text) must be a text, not an empty list"],
  ["writingStyle(null)", "writingStyle(text) must be a text, not null"],
  ["pickOne([])", "pickOne(list) must be a list with at least one item, not an empty list"],
  ['shuffle("abc")', 'shuffle(list) must be a list, not the text "abc"'],
  ["stripMarkdown({})", "stripMarkdown(text) must be a text, not an object"],
  ["json(undefined)", "json(value) must be a value that JSON can hold, not undefined"],
  ['wrap("a", 1.5)', "wrap(text, width): width must be a whole number from 1 to 10000, not 1.5"],
  ["dedent(true)", "dedent(text) must be a text, not true"],
  ['numberWords("5")', 'numberWords(n) must be a number up to 10^15, not the text "5"'],
  ["numberWords(NaN)", "numberWords(n) must be a number up to 10^15, not NaN"],
  ["ordinal(-1)", "ordinal(n) must be a whole number from 0 to 1000000000000000, not -1"],
  ['dateWords("2025-02-29")', 'dateWords(isoDate) must be a date like "2026-11-23", not the text "2025-02-29"'],
])("%s names function and argument", (expression, message) => expect(() => value(expression)).toThrow(message));

describe("randomness", () => {
  const LIST = { list: ["a", "b", "c", "d", "e"], text: "One. Two. Three. Four." };

  test("draws the same for the same seed, and all items over many seeds", () => {
    for (const expression of ["pickOne(it.list)", "shuffle(it.list).join()", "randomSentence(it.text)"])
      expect(value(expression, LIST, 9)).toBe(value(expression, LIST, 9));
    const drawn = (expression: string) =>
      new Set(Array.from({ length: 60 }, (_, n) => value(expression, LIST, n * 7_919)));
    expect(drawn("pickOne(it.list)").size).toBe(5);
    expect(drawn("randomSentence(it.text)").size).toBe(4);
    expect(drawn("shuffle(it.list).join()").size).toBeGreaterThan(30);
  });

  test("shuffles a copy", () =>
    expect(value("[shuffle(it.list).sort().join(), it.list.join()]", LIST)).toEqual(["a,b,c,d,e", "a,b,c,d,e"]));
});

test("a template cannot replace a function, and may use its name for something of its own", () => {
  expect(value("(() => { json = 1; globalThis.json = 1; delete globalThis.json; return typeof json; })()")).toBe(
    "function",
  );
  expect(value("(() => { const json = 1; return json; })()")).toBe(1);
});

test("every function is documented, with an example that is true", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/template-functions.md"), "utf8");
  for (const name of Object.keys(LIBRARY)) expect(page).toContain(`\`${name}(`);
  const examples = [...page.matchAll(/^\| `(.+?)` +\| `(.+?)` +\|$/gm)].map(([, call = "", result = ""]) => [
    call,
    result,
  ]);
  expect(examples.length).toBeGreaterThanOrEqual(11);
  for (const [call = "", result = ""] of examples) expect([call, value(call)]).toEqual([call, JSON.parse(result)]);
});
