import { findModel } from "../../../core/models/models.ts";
import { priceOf } from "../../../core/money/money.ts";
import { boundOf } from "../../../core/template/bound.ts";
import { answersInPrompts, expectedCost, type RenderedRecord } from "../../../core/template/expected-cost.ts";
import { parseTemplate } from "../../../core/template/parse.ts";

/** Nova Micro, the economy's. */
const micro = (input: number, output: number) =>
  priceOf({ inputNanosPerThousand: 35_000, outputNanosPerThousand: 140_000 }, Math.round(input), Math.round(output));

function expected(steps: string, record: RenderedRecord) {
  const template = parseTemplate(`name: T\nsteps:\n${steps}`);
  return expectedCost(template, answersInPrompts(template, {}), record);
}
const step = (id: string, more = "", prompt = "a") =>
  `  - { id: ${id}, tier: economy, prompt: '${prompt}', maxTokens: 100, maxPromptBytes: 4000${more && `, ${more}`} }`;
const rendered = (...steps: [string, number][]): RenderedRecord => ({
  steps: steps.map(([stepId, bytes]) => ({ stepId, applies: true, bytes })),
  rounds: {},
});
const skipped = (stepId: string, bytes = 400): RenderedRecord => ({
  steps: [{ stepId, applies: false, bytes }],
  rounds: {},
});

/** One call whose prompt has 400 bytes. */
const CALL = { low: micro(400 / 5, 10), likely: micro(400 / 4, 40), high: micro(400 / 2.5, 100) };
const LIST = "output: { type: list, max: 9 }";

test("prices each prompt by its bytes, and its answer as a tenth, two fifths or all that it may be", () => {
  expect(findModel("amazon.nova-micro-v1:0")).toMatchObject({ inputNanosPerThousand: 35_000 });
  expect(expected(step("one"), rendered(["one", 400]))).toEqual(CALL);
});

test("adds the answers that a prompt reads, none that it does not", () => {
  const two = (prompt: string) =>
    expected(`${step("one")}\n${step("two", "", prompt)}`, rendered(["one", 400], ["two", 400]));
  const apart = two("b");
  expect(apart).toEqual({ low: 2 * CALL.low, likely: 2 * CALL.likely, high: 2 * CALL.high });
  expect(two("<%= it.steps.one.output %>")).toEqual({
    low: CALL.low + micro(80 + 10, 10),
    likely: CALL.likely + micro(100 + 40, 40),
    high: CALL.high + micro(160 + 100, 100),
  });
});

test.each<[string, string, RenderedRecord, Record<"low" | "likely" | "high", number>]>([
  ["a condition on seeds that holds", "when: it.seed.a > 1", rendered(["one", 400]), { low: 1, likely: 1, high: 1 }],
  ["a condition on seeds that does not", "when: it.seed.a > 1", skipped("one"), { low: 0, likely: 0, high: 0 }],
  [
    "a repetition",
    "repeat: { until: it.steps.one.output, atMost: 4 }",
    rendered(["one", 400]),
    { low: 1, likely: 3, high: 4 },
  ],
  [
    "a loop over seeds has as many rounds as it has items",
    "forEach: it.seed.tags, atMost: 9",
    { ...rendered(["one", 300], ["one", 500]), rounds: { one: 7 } },
    { low: 7, likely: 7, high: 7 },
  ],
  [
    "a loop over no seeds has none",
    "forEach: it.seed.tags, atMost: 9",
    { ...skipped("one"), rounds: { one: 0 } },
    { low: 0, likely: 0, high: 0 },
  ],
])("%s", (_, more, record, times) => {
  const cost = expected(step("one", more), record);
  expect(cost).toEqual({ low: times.low * CALL.low, likely: times.likely * CALL.likely, high: times.high * CALL.high });
});

test("a condition on answers holds never, every other time, always, whatever placeholders say of it", () => {
  const steps = `${step("one")}\n${step("two", "when: it.steps.one.output.length > 9")}`;
  const record = rendered(["one", 400], ["two", 400]);
  expect(expected(steps, record)).toEqual({
    low: CALL.low,
    likely: CALL.likely + CALL.likely / 2,
    high: 2 * CALL.high,
  });
});

test("a loop over answers has one round, as many as a short answer brings, as many as it may have", () => {
  const loop = step("two", "forEach: it.steps.one.output, as: x, atMost: 8");
  const without = expected(step("one", LIST), rendered(["one", 400]));
  const cost = expected(`${step("one", LIST)}\n${loop}`, {
    ...rendered(["one", 400], ["two", 400], ["two", 400], ["two", 400]),
    rounds: { two: 3 },
  });
  expect(cost.low - without.low).toBe(micro(80 + 10, 10));
  // Each round is about its own share of the answer.
  expect(cost.likely - without.likely).toBe(3 * micro(100 + 40 / 3, 40));
});

test("only the high end repairs answers that must have a form, and asks the better model", () => {
  const plain = expected(step("one", `${LIST}, repairs: 0`), rendered(["one", 400]));
  const repaired = expected(step("one", `${LIST}, repairs: 2`), rendered(["one", 400]));
  const better = expected(step("one", "escalate: { to: premium, on: [refusal] }"), rendered(["one", 400]));
  expect(repaired).toEqual({ ...plain, high: 2 * plain.high });
  expect(better).toMatchObject({ low: CALL.low, likely: CALL.likely });
  expect(better.high).toBeGreaterThan(2 * CALL.high);
});

test("a prompt is no longer than maxPromptBytes, whatever answers it reads", () => {
  const steps = `${step("one")}\n${step("two", "", "<%= it.steps.one.output %>")}`;
  const { high } = expected(steps, rendered(["one", 400], ["two", 3_900]));
  expect(high).toBe(CALL.high + micro(4_000 / 2.5, 100));
});

test("stays below the bound, however long prompts and answers are", () => {
  const steps = [step("one", `${LIST}, repairs: 1`), step("two", "forEach: it.steps.one.output, atMost: 9")].join("\n");
  const record = { ...rendered(["one", 4_000], ["two", 4_000]), rounds: { two: 9 } };
  const { low, likely, high } = expected(steps, record);
  const bound = boundOf(parseTemplate(`name: T\nsteps:\n${steps}`)).costNanos;
  expect([low < likely, likely < high, high <= bound]).toEqual([true, true, true]);
});
