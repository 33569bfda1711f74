import { STARTER_TEMPLATE } from "../../../client/editor/starter-template.ts";
import { tokenizeEta } from "../../../client/editor/code/eta.ts";
import { diagnosticsOf } from "../../../client/editor/code/diagnostics.ts";
import { PROMPT_FUNCTIONS } from "../../../client/editor/completion/prompt-functions.ts";
import { initialLayout } from "../../../client/editor/code/diff-layout.ts";
import { parseTemplate } from "#core/template/parse";

const problem = (from: number, to: number) => ({ message: "Wrong.", line: 1, column: 1, from, to });

describe("problems are underlined", () => {
  test.each<[string, string, [number, number], [number, number]]>([
    ["where they are", "name: x", [0, 4], [0, 4]],
    ["at least one character wide", "name: x", [2, 2], [2, 3]],
    ["before the end of a line if they are at the end", "ab\ncd", [2, 2], [1, 2]],
    ["at the end of the text", "abc", [3, 3], [2, 3]],
    ["within a text that has become shorter", "abc", [10, 20], [2, 3]],
    ["at the beginning of an empty text", "", [0, 0], [0, 0]],
    ["on an empty line", "a\n\nb", [2, 2], [2, 3]],
  ])("%s", (_, text, [from, to], expected) => {
    const [range] = diagnosticsOf([problem(from, to)], text);
    expect([range?.from, range?.to]).toEqual(expected);
  });
});

describe("code in prompts", () => {
  const shown = (text: string) => tokenizeEta(text).map(({ from, to, kind }) => [kind, text.slice(from, to)]);

  test("is distinguished from the text around it", () => {
    expect(shown('Hi <%= it.movie.Title %> and <% if (n > 10) { /* x */ f("y") } -%>!')).toEqual([
      ["tag", "<%="],
      ["code", " it.movie.Title "],
      ["it", "it.movie.Title"],
      ["tag", "%>"],
      ["tag", "<%"],
      ["code", ' if (n > 10) { /* x */ f("y") } '],
      ["keyword", "if"],
      ["number", "10"],
      ["comment", "/* x */"],
      ["function", "f"],
      ["string", '"y"'],
      ["tag", "-%>"],
    ]);
  });

  test("ends with the line while its tag is still open", () => {
    expect(shown("<%= it.a\nnext")).toEqual([
      ["tag", "<%="],
      ["code", " it.a"],
      ["it", "it.a"],
    ]);
  });

  test("has no tokens where there are no tags", () => {
    expect(tokenizeEta("50 % of <b>all</b>")).toEqual([]);
  });
});

test("the starter template has no errors", () => {
  expect(parseTemplate(STARTER_TEMPLATE).steps.map(({ id }) => id)).toEqual(["question", "answer"]);
});

test("completion offers exactly the functions of the template format", () => {
  expect(PROMPT_FUNCTIONS.map(({ name }) => name)).toEqual(
    "truncateTokens sentences keywords randomSentence writingStyle pickOne shuffle stripMarkdown json wrap dedent numberWords ordinal dateWords".split(
      " ",
    ),
  );
});

test.each([
  [390, "unified"],
  [899, "unified"],
  [900, "split"],
] as const)("at %i pixels the diff starts %s", (width, layout) => {
  expect(initialLayout(width)).toBe(layout);
});
