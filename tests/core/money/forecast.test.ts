import { forecast, type Forecast, type ForecastInput } from "../../../core/money/forecast.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
/** 1,000 of 5,000 records done for $1, ten a second, with $10 to spend and two cents as the most that one can cost. */
const FACTS: ForecastInput = {
  recordCount: 5_000,
  delivered: 990,
  failed: 10,
  spentNanos: 1_000_000_000,
  writtenOffNanos: 0,
  budgetNanos: 10_000_000_000,
  maxAttemptCostNanos: 20_000_000,
  recordsPerSecond: 10,
  nowMs: NOW,
};

test.each<[string, Partial<ForecastInput>, Forecast | null]>([
  [
    "goes on as it has",
    {},
    { totalNanos: 5_000_000_000, isBudgetSufficient: true, reachableRecords: 5_000, endsAtMs: NOW + 400_000 },
  ],
  [
    "counts what was written off once",
    { writtenOffNanos: 7_000_000 },
    { totalNanos: 5_007_000_000, isBudgetSufficient: true, reachableRecords: 5_000, endsAtMs: NOW + 400_000 },
  ],
  [
    "says where a budget ends: a record starts only while its worst case is left",
    { budgetNanos: 3_020_000_000 },
    { totalNanos: 5_000_000_000, isBudgetSufficient: false, reachableRecords: 3_001, endsAtMs: NOW + 200_100 },
  ],
  [
    "what was written off cannot be spent",
    { budgetNanos: 3_020_000_000, writtenOffNanos: 1_000_000_000 },
    { totalNanos: 6_000_000_000, isBudgetSufficient: false, reachableRecords: 2_001, endsAtMs: NOW + 100_100 },
  ],
  [
    "just enough is enough: the last record starts with its worst case left",
    { budgetNanos: 4_999_000_000 + 20_000_000 },
    { totalNanos: 5_000_000_000, isBudgetSufficient: true, reachableRecords: 5_000, endsAtMs: NOW + 400_000 },
  ],
  [
    "one nano-dollar less is not",
    { budgetNanos: 4_999_000_000 + 19_999_999 },
    { totalNanos: 5_000_000_000, isBudgetSufficient: false, reachableRecords: 4_999, endsAtMs: NOW + 399_900 },
  ],
  [
    "nothing can start any more",
    { budgetNanos: 1_010_000_000 },
    { totalNanos: 5_000_000_000, isBudgetSufficient: false, reachableRecords: 1_000, endsAtMs: NOW },
  ],
  [
    "costs nothing",
    { spentNanos: 0 },
    { totalNanos: 0, isBudgetSufficient: true, reachableRecords: 5_000, endsAtMs: NOW + 400_000 },
  ],
  [
    "cannot tell when without a speed",
    { recordsPerSecond: 0 },
    { totalNanos: 5_000_000_000, isBudgetSufficient: true, reachableRecords: 5_000, endsAtMs: null },
  ],
  ["says nothing after four records", { delivered: 4, failed: 0 }, null],
  ["says nothing before the first of three", { recordCount: 3, delivered: 0, failed: 0, spentNanos: 5 }, null],
  ["has nothing to say when all are done", { delivered: 4_990 }, null],
])("%s", (_, facts, expected) => {
  expect(forecast({ ...FACTS, ...facts })).toEqual(expected);
});
