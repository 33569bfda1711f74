import { OTHER_STEPS, reportedSpending, sumSpending, withCall, type SpendingEntry } from "#core/money/spending";
import fc from "fast-check";

const CALL = { stepId: "ask", modelId: "m1", inputTokens: 10, outputTokens: 2, costNanos: 70 };
const NOON = Date.parse("2026-11-25T12:00:00Z");
const LATE = Date.parse("2026-11-25T23:59:59.999Z");

test("calls of one step to one model on one day are one entry, by the day in UTC", () => {
  const spending = [NOON, LATE, LATE + 1].reduce<SpendingEntry[]>((sofar, atMs) => withCall(sofar, CALL, atMs), []);
  expect(spending).toEqual([
    { ...CALL, day: "2026-11-25", calls: 2, inputTokens: 20, outputTokens: 4, costNanos: 140 },
    { ...CALL, day: "2026-11-26", calls: 1 },
  ]);
});

test("another step and another model have entries of their own", () => {
  const calls = [CALL, { ...CALL, stepId: "answer" }, { ...CALL, modelId: "m2" }, CALL];
  const spending = calls.reduce<SpendingEntry[]>((sofar, call) => withCall(sofar, call, NOON), []);
  expect(spending.map(({ stepId, modelId, calls }) => [stepId, modelId, calls])).toEqual([
    ["ask", "m1", 2],
    ["answer", "m1", 1],
    ["ask", "m2", 1],
  ]);
});

test("what was noted before stays as it was: a checkpoint may hold it", () => {
  const before = withCall([], CALL, NOON);
  withCall(before, CALL, NOON);
  expect(before).toEqual([{ ...CALL, day: "2026-11-25", calls: 1 }]);
});

test("the spending of several shards adds up", () => {
  const one = withCall([], CALL, NOON);
  const other = withCall(withCall([], { ...CALL, modelId: "m2" }, NOON), CALL, NOON);
  expect(sumSpending([one, other, []]).map(({ modelId, costNanos }) => [modelId, costNanos])).toEqual([
    ["m1", 140],
    ["m2", 70],
  ]);
});

describe("a report's spending", () => {
  const MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
  const spent = (stepId: string, day: string, costNanos: number): SpendingEntry => ({
    ...{ stepId, day, costNanos, modelId: MODEL, calls: 1_000, inputTokens: 1_234_567, outputTokens: 234_567 },
  });
  const days = (count: number) => Array.from({ length: count }, (_, n) => `2026-11-${10 + n}`);
  const told = (spending: SpendingEntry[]) =>
    reportedSpending(spending).map(({ stepId, day, costNanos }) => [stepId, day, costNanos]);

  test.each<[string, SpendingEntry[], [string, string | null, number][]]>([
    ["is empty before the first call", [], []],
    [
      "has every entry if all fit",
      [spent("ask", "2026-11-25", 3), spent("say", "2026-11-25", 4), spent("say", "2026-11-26", 5)],
      [
        ["ask", "2026-11-25", 3],
        ["say", "2026-11-25", 4],
        ["say", "2026-11-26", 5],
      ],
    ],
    [
      "combines the earliest days first",
      days(5).map((day, n) => spent("ask", day, n)),
      [
        ["ask", null, 0 + 1],
        ["ask", "2026-11-12", 2],
        ["ask", "2026-11-13", 3],
        ["ask", "2026-11-14", 4],
      ],
    ],
    [
      "names the steps over all days rather than the days of some",
      days(9).flatMap((day) => [spent("ask", day, 1), spent("say", day, 2), spent("judge", day, 3)]),
      [
        ["ask", null, 9],
        ["say", null, 18],
        ["judge", null, 27],
      ],
    ],
    [
      "then names the steps that cost most",
      ["a", "b", "c", "d", "e", "f"].map((stepId, n) => spent(stepId, "2026-11-25", n)),
      [
        ["f", "2026-11-25", 5],
        ["e", "2026-11-25", 4],
        ["d", "2026-11-25", 3],
        [OTHER_STEPS, "2026-11-25", 0 + 1 + 2],
      ],
    ],
    [
      "is one entry if even that does not fit",
      ["x", "y"].map((letter) => spent(letter.repeat(700), "2026-11-25", 7)),
      [[OTHER_STEPS, "2026-11-25", 14]],
    ],
  ])("%s", (_, spending, expected) => expect(told(spending)).toEqual(expected));

  test("fits and adds up, whatever it was spent on", () => {
    const count = fc.integer({ min: 0, max: 1e12 });
    const entry = fc.record({
      stepId: fc.string({ minLength: 1, maxLength: 60 }),
      modelId: fc.string({ minLength: 1, maxLength: 80 }),
      day: fc.constantFrom(...days(12)),
      ...{ calls: count, inputTokens: count, outputTokens: count, costNanos: count },
    });
    const totals = (spending: readonly SpendingEntry[]) =>
      (["calls", "inputTokens", "outputTokens", "costNanos"] as const).map((field) =>
        spending.reduce((sum, one) => sum + one[field], 0),
      );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const spending = sumSpending([entries]);
        const reported = reportedSpending(spending);
        expect(Buffer.byteLength(JSON.stringify(reported))).toBeLessThanOrEqual(700);
        expect(totals(reported)).toEqual(totals(spending));
        expect(sumSpending([reported])).toEqual(reported);
      }),
    );
  });
});
