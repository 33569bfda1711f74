import { checkTestRunForm } from "../../../client/testRuns/form.ts";
import { isStaleTestRun } from "../../../client/testRuns/freshness.ts";

describe("an update of a test run", () => {
  const version = (status: "RUNNING" | "COMPLETED", ...calls: number[]) => ({
    status,
    records: calls.map((count) => ({ calls: Array.from({ length: count }) })),
  });

  test.each([
    ["fewer calls", version("RUNNING", 2), version("RUNNING", 1), true],
    ["fewer records", version("RUNNING", 2, 0), version("RUNNING", 2), true],
    ["as many calls", version("RUNNING", 2), version("RUNNING", 2), false],
    ["running, after it had ended", version("COMPLETED", 1), version("RUNNING", 5), true],
    ["the end", version("RUNNING", 2), version("COMPLETED", 2), false],
  ])("with %s is recognized as stale or not", (_, known, incoming, isStale) => {
    expect(isStaleTestRun(known, incoming)).toBe(isStale);
  });
});

describe("the form of a test run", () => {
  const FORM = { records: "3", budget: "0.10", maxAttemptCostNanos: 1_000_000 };

  test.each([
    ["no errors", {}, []],
    ["too many records", { records: "11" }, ["records"]],
    ["no records", { records: "0" }, ["records"]],
    ["a budget above the limit", { budget: "5.01" }, ["budget"]],
    ["a budget below the cost of one attempt", { maxAttemptCostNanos: 200_000_000 }, ["budget"]],
    ["no errors while the cost is unknown", { maxAttemptCostNanos: null }, []],
  ])("finds %s", (_, different, wrong) => {
    const errors = checkTestRunForm({ ...FORM, ...different });
    expect(Object.entries(errors).flatMap(([name, error]) => (error ? [name] : []))).toEqual(wrong);
  });
});
