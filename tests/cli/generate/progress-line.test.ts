import type { Estimate } from "#core/money/estimate";
import type { JobSummary } from "../../../cli/job-watch.ts";
import { showProgress } from "../../../cli/generate/progress-line.ts";
import { jobSummary } from "./job-summary.ts";

const SUMMARY = jobSummary();
const ESTIMATE: Estimate = {
  lowNanos: 400_000_000,
  likelyNanos: 500_000_000,
  highNanos: 600_000_000,
  recordCount: 10,
  basis: "PROMPTS",
  basisRecords: 5,
};

function written(isTTY: boolean, estimate: Estimate | null, ...summaries: readonly JobSummary[]): string {
  const texts: string[] = [];
  const stream = { isTTY, columns: 200, write: (text: string) => texts.push(text) } as unknown as NodeJS.WriteStream;
  const progress = showProgress(estimate, stream);
  for (const summary of summaries.length > 0 ? summaries : [SUMMARY]) progress.show(summary);
  progress.end();
  return texts.join("");
}

const LINE = { status: "COMPLETED", requested: 10, delivered: 10, failed: 0, spentUsd: 0.47, recordsPerSecond: 0 };

test("prints the estimate in one line above the bar on a terminal", () => {
  const [first, second] = written(true, ESTIMATE).split("\n");
  expect(first).toBe(
    "Estimated cost: $0.40 to $0.60, likely $0.50, based on the prompts of 5 records, assuming answer lengths and one attempt each.",
  );
  expect(second).toContain("10/10");
});

test("shows only the bar on a terminal without an estimate", () => {
  expect(written(true, null)).toMatch(/^\r.*10\/10[^\n]*\n$/);
});

test("adds the estimate as a field to each JSON line", () => {
  expect(JSON.parse(written(false, ESTIMATE))).toEqual({
    ...LINE,
    estimatedUsd: { low: 0.4, likely: 0.5, high: 0.6 },
  });
  expect(JSON.parse(written(false, null))).toEqual(LINE);
});

test("says once what a model's server says while its calls do not succeed", () => {
  const problem = { ...SUMMARY, modelProblem: "The server at http://h/v1 could not be reached: refused." };
  const lines = written(true, null, problem, problem, SUMMARY);
  const sentence = "The server at http://h/v1 could not be reached: refused. The job continues as soon as it answers.";
  expect(lines.split(sentence)).toHaveLength(2);
  expect(JSON.parse(written(false, null, problem))).toMatchObject({ modelProblem: problem.modelProblem });
});

test("has an empty bar for a job of which every record failed, and tells close amounts apart", () => {
  const spent = { delivered: 0, failed: 10, spentNanos: 1_912_000, budgetNanos: 1_914_000 };
  const bar = written(true, null, { ...SUMMARY, ...spent });
  expect(bar).not.toContain("█");
  expect(bar).toContain("0/10  10 failed  $0.001912 of $0.001914");
});
