import { sumSpending, withCall, type SpendingEntry } from "#core/money/spending";

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
