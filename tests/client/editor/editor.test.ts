import { SKELETON } from "../../../client/editor/starter-template.ts";
import { etaMarks } from "../../../client/editor/code/eta.ts";
import { underlinesOf } from "../../../client/editor/code/diagnostics.ts";
import { fileNameFor } from "../../../client/templates/exportSource.ts";
import { LIBRARY } from "../../../client/editor/completion/prompt-functions.ts";
import { firstLook } from "../../../client/editor/code/diff-layout.ts";
import { parseTemplate } from "#core/template/parse";
import { isStaleTestRun } from "../../../client/testRuns/freshness.ts";
import { checkTestRunForm } from "../../../client/testRuns/form.ts";
import { checkGenerateForm } from "../../../client/seeds/generate/form.ts";

const fault = (from: number, to: number) => ({ message: "Wrong.", line: 1, column: 1, from, to });

describe("faults are underlined", () => {
  test.each<[string, string, [number, number], [number, number]]>([
    ["where they are", "name: x", [0, 4], [0, 4]],
    ["a character wide at least", "name: x", [2, 2], [2, 3]],
    ["before the end of a line, when they are there", "ab\ncd", [2, 2], [1, 2]],
    ["at the end of the text", "abc", [3, 3], [2, 3]],
    ["within a text that has become shorter", "abc", [10, 20], [2, 3]],
    ["at the beginning of an empty text", "", [0, 0], [0, 0]],
    ["on an empty line", "a\n\nb", [2, 2], [2, 3]],
  ])("%s", (_, text, [from, to], expected) => {
    const [underline] = underlinesOf([fault(from, to)], text);
    expect([underline?.from, underline?.to]).toEqual(expected);
  });
});

describe("code in prompts", () => {
  const shown = (text: string) => etaMarks(text).map(({ from, to, kind }) => [kind, text.slice(from, to)]);

  test("is told from the text around it", () => {
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

  test("has no marks where there is none", () => {
    expect(etaMarks("50 % of <b>all</b>")).toEqual([]);
  });
});

test("what a new template begins with has no fault", () => {
  expect(parseTemplate(SKELETON).steps.map(({ id }) => id)).toEqual(["question", "answer"]);
});

test("completion knows exactly the functions of the format's library", () => {
  expect(LIBRARY.map(({ name }) => name)).toEqual(
    "truncateTokens sentences keywords randomSentence writingStyle pickOne shuffle stripMarkdown json wrap dedent numberWords ordinal dateWords".split(
      " ",
    ),
  );
});

test.each([
  ["Film questions!", "name: x", "film-questions.yaml"],
  ["日本", "name: x", "template.yaml"],
  ["A", ' { "name": "A" }', "a.json"],
])("the template %s is exported as a file with its name and kind", (name, source, expected) => {
  expect(fileNameFor(name, source)).toBe(expected);
});

test.each([
  [390, "unified"],
  [899, "unified"],
  [900, "beside"],
] as const)("at %i pixels differences begin as %s", (width, look) => {
  expect(firstLook(width)).toBe(look);
});

describe("news of a try", () => {
  const mark = (status: "RUNNING" | "COMPLETED", ...calls: number[]) => ({
    status,
    records: calls.map((count) => ({ calls: Array.from({ length: count }) })),
  });

  test.each([
    ["fewer calls", mark("RUNNING", 2), mark("RUNNING", 1), true],
    ["fewer records", mark("RUNNING", 2, 0), mark("RUNNING", 2), true],
    ["as many calls", mark("RUNNING", 2), mark("RUNNING", 2), false],
    ["running after it was done", mark("COMPLETED", 1), mark("RUNNING", 5), true],
    ["its end", mark("RUNNING", 2), mark("COMPLETED", 2), false],
  ])("with %s", (_, known, news, isOld) => {
    expect(isStaleTestRun(known, news)).toBe(isOld);
  });
});

describe("a try's form", () => {
  const FORM = { records: "3", budget: "0.10", boundNanos: 1_000_000 };

  test.each([
    ["nothing wrong", {}, []],
    ["too many records", { records: "11" }, ["records"]],
    ["no records", { records: "0" }, ["records"]],
    ["a budget above the limit", { budget: "5.01" }, ["budget"]],
    ["a budget that one record could pass", { boundNanos: 200_000_000 }, ["budget"]],
    ["a bound that is not known yet", { boundNanos: null }, []],
  ])("finds %s", (_, different, wrong) => {
    const faults = checkTestRunForm({ ...FORM, ...different });
    expect(Object.entries(faults).flatMap(([name, fault]) => (fault ? [name] : []))).toEqual(wrong);
  });
});

test("seeds are generated for a template, by the hundred, within five dollars", () => {
  const form = { templateId: "poems", name: "Towns", itemCount: "20", instructions: "", model: "economy", budget: "1" };
  expect(checkGenerateForm(form)).toEqual({});
  const wrong = { ...form, templateId: "", name: " ", itemCount: "501", budget: "6" };
  expect(Object.keys(checkGenerateForm(wrong))).toEqual(["templateId", "name", "itemCount", "budget"]);
});
