import { TIERS } from "../../../../core/models/models.ts";
import { checkRequests, requestProblems } from "../../../../core/template/document/check-requests.ts";
import { parseTemplate } from "../../../../core/template/parse.ts";

const HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const SONNET = "global.anthropic.claude-sonnet-4-5-20250929-v1:0";
const OPUS = "eu.anthropic.claude-opus-4-5-20251101-v1:0";
const LLAMA = "us.meta.llama3-3-70b-instruct-v1:0";
const GPT_OSS = "openai.gpt-oss-20b-1:0";

/** A template of one step. */
const source = (...lines: string[]) =>
  [
    "name: T",
    "steps:",
    "  - id: say",
    "    prompt: Hello <%= it.seed.name %>",
    ...lines.map((line) => `    ${line}`),
  ].join("\n");
const problemsOf = (text: string, options = {}) =>
  requestProblems(text, parseTemplate(text), options).map(({ message, line, from, to }) => ({
    message,
    line,
    at: text.slice(from, to),
  }));

test.each([
  [
    "temperature and topP for Claude 4.5",
    [`model: ${HAIKU}`, "temperature: 0.9", "topP: 0.95"],
    {
      message:
        'Step "say" sets both temperature and topP, but Claude Haiku 4.5 (US) accepts only one of them; remove one or choose another model.',
      line: 7,
      at: "0.95",
    },
  ],
  [
    "a stop sequence for GPT-OSS",
    [`model: ${GPT_OSS}`, "stop: END"],
    {
      message:
        'Step "say" sets stop, but GPT-OSS 20B does not support stop sequences; remove it or choose another model.',
      line: 6,
      at: "END",
    },
  ],
  [
    "a blank stop sequence for Claude, at that sequence",
    [`model: ${SONNET}`, 'stop: [END, "\\n"]'],
    {
      message:
        'Step "say" has a blank stop sequence, but Claude Sonnet 4.5 (global) does not support those; remove it or choose another model.',
      line: 6,
      at: '"\\n"',
    },
  ],
  [
    "more tokens than the model answers with",
    [`model: ${LLAMA}`, "maxTokens: 8193"],
    {
      message:
        'Step "say" sets maxTokens to 8193, but Llama 3.3 70B (US) accepts at most 8192; lower it or choose another model.',
      line: 6,
      at: "8193",
    },
  ],
  [
    "what a tier's model refuses, with its name",
    ["tier: economy", "maxTokens: 10001"],
    {
      message:
        'Step "say" sets maxTokens to 10001, but Amazon Nova Micro, the tier "economy" here, accepts at most 10000; lower it or choose another model.',
      line: 6,
      at: "10001",
    },
  ],
  [
    "what a fallback refuses, at the fallback",
    ["tier: economy", `fallbacks: [premium, ${OPUS}]`, "temperature: 0.9", "topP: 0.95"],
    {
      message:
        'Step "say" sets both temperature and topP, but the fallback Claude Opus 4.5 (EU) accepts only one of them; remove one or choose another model.',
      line: 6,
      at: OPUS,
    },
  ],
  [
    "what the escalation model refuses, at the escalation",
    ["tier: economy", "stop: [a, b]", `escalate: { to: ${GPT_OSS} }`],
    {
      message:
        'Step "say" sets stop, but the escalation model GPT-OSS 20B does not support stop sequences; remove it or choose another model.',
      line: 7,
      at: GPT_OSS,
    },
  ],
])("%s is a problem", (_, lines, problem) => {
  expect(problemsOf(source(...lines))).toEqual([problem]);
});

test.each([
  ["temperature and topP for Nova", ["tier: economy", "temperature: 0.9", "topP: 0.95", 'stop: "\\n"']],
  ["one of the two for Claude 4.5", [`model: ${HAIKU}`, "temperature: 0.9", "maxTokens: 64000", "stop: END"]],
  [
    "temperature and topP for GPT-OSS, and an empty list of stop sequences",
    [`model: ${GPT_OSS}`, "temperature: 1", "topP: 1", "stop: []"],
  ],
])("%s is none", (_, lines) => {
  expect(problemsOf(source(...lines))).toEqual([]);
});

test("every step is checked, and every problem told", () => {
  const text = `${source(`model: ${GPT_OSS}`, "stop: END")}
  - { id: more, model: ${HAIKU}, prompt: More., temperature: 1, topP: 1, fallbacks: [${SONNET}] }`;
  expect(problemsOf(text).map(({ at }) => at)).toEqual(["END", "1", SONNET]);
});

test("where another server stands in for the tiers, only named models are checked", () => {
  const tiers = source("tier: economy", "fallbacks: [balanced]", "escalate: { to: premium }", "maxTokens: 20000");
  expect(problemsOf(tiers)).toHaveLength(TIERS.length);
  expect(problemsOf(tiers, { tiersAreStandIns: true })).toEqual([]);
  const named = source("tier: economy", "maxTokens: 20000", `fallbacks: [${LLAMA}]`);
  expect(problemsOf(named, { tiersAreStandIns: true }).map(({ at }) => at)).toEqual([LLAMA]);
});

test("the first problem is thrown with line, column and caret", () => {
  const text = source(`model: ${HAIKU}`, "temperature: 0.9", "topP: 0.95");
  expect(() => checkRequests(text, parseTemplate(text))).toThrow(
    /remove one or choose another model \(line 7, column 11\)\.\n\n {6}topP: 0\.95\n {12}\^$/,
  );
});

test("a template that was saved before it was checked can still be read", () => {
  const text = source(`model: ${GPT_OSS}`, "stop: END");
  expect(parseTemplate(text).steps[0]?.stop).toEqual(["END"]);
});
