import { boundOf, stepBound } from "../../../core/template/bound.ts";
import { parseTemplate } from "../../../core/template/parse.ts";

const step = (rest: string) =>
  parseTemplate(
    `name: T\nsteps:\n  - { id: one, tier: economy, prompt: a, maxTokens: 100, maxPromptBytes: 1000, ${rest} }`,
  );
/** Nova Micro, 600 tokens of overhead, so many bytes of prompt, 100 tokens of answer. */
const micro = (bytes: number) => ((bytes + 600) * 35_000 + 100 * 140_000) / 1000;
/** {"type":"object"} has 17 characters, counted twice. */
const SCHEMA = 34;
const object = "output: { type: json, schema: { type: object } }";
/** A prompt, 400 bytes of the wrong answer, and the sentence on what is wrong with it. */
const REPAIRED = 1000 + 400 + 2000 + SCHEMA;

describe("the bound of a record", () => {
  test("is the price of every byte sent and every token allowed, summed over its steps", () => {
    const template = parseTemplate(`name: T
steps:
  - { id: one, tier: economy, prompt: a, maxTokens: 100, maxPromptBytes: 1000 }
  - { id: two, tier: premium, prompt: b, maxTokens: 10, maxPromptBytes: 400 }`);
    const two = (1000 * 800_000 + 10 * 3_200_000) / 1000;
    expect(boundOf(template)).toEqual({ calls: 2, inputTokens: 2600, outputTokens: 110, costNanos: micro(1000) + two });
  });

  test.each<[string, string, number, number]>([
    [
      "each repair shows the wrong answer and the error",
      `${object}, repairs: 2`,
      3,
      micro(1000 + SCHEMA) + 2 * micro(REPAIRED),
    ],
    ["without repairs there is one call", `${object}, repairs: 0`, 1, micro(1000 + SCHEMA)],
    ["a loop calls once for each item", "forEach: it.seed.tags, atMost: 7", 7, 7 * micro(1000)],
    ["a repetition calls until its bound", "repeat: { until: 'false', atMost: 4 }", 4, 4 * micro(1000)],
    [
      "the dearest of the fallbacks may answer",
      "fallbacks: [premium, balanced]",
      1,
      (1600 * 800_000 + 100 * 3_200_000) / 1000,
    ],
    [
      "a better model does it all again",
      "escalate: { to: premium }",
      2,
      micro(1000) + (1600 * 800_000 + 100 * 3_200_000) / 1000,
    ],
    [
      "a loop of repairs multiplies",
      `${object}, repairs: 1, forEach: it.seed.tags, atMost: 3`,
      6,
      3 * (micro(1000 + SCHEMA) + micro(REPAIRED)),
    ],
  ])("%s", (_, rest, calls, costNanos) => {
    const [one] = step(rest).steps;
    expect(stepBound(one!)).toMatchObject({ calls, costNanos });
  });
});
