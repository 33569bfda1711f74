import { outcomeMessage, reportOf } from "../../../cli/generate/messages.ts";
import type { GenerateOptions } from "../../../cli/generate/options.ts";
import { jobSummary } from "./job-summary.ts";

const JOB = jobSummary({
  requested: 500,
  delivered: 500,
  datasetFiles: [{ name: "dataset.alpaca.jsonl", format: "ALPACA", omitted: 2 }],
  datasetFileCount: 1,
});
const OPTIONS = { out: "out", data: ".local" } as GenerateOptions;

test("a job whose records have several rows counts both", () => {
  const job = { ...JOB, datasetRows: 1_732 };
  expect(outcomeMessage(job, OPTIONS)).toMatch(
    /^Completed: 500 of 500 records, 1,732 rows, for \$0\.47, saved to out\//,
  );
  expect(outcomeMessage(job, OPTIONS)).toContain("dataset.alpaca.jsonl omits 2 rows whose");
  expect(reportOf(job, 3, ["dataset.jsonl"])).toMatchObject({ delivered: 500, rows: 1_732 });
});

test("a job whose records are rows counts records", () => {
  expect(outcomeMessage(JOB, OPTIONS)).toMatch(/^Completed: 500 of 500 records for \$0\.47, saved to out\//);
  expect(outcomeMessage(JOB, OPTIONS)).toContain("dataset.alpaca.jsonl omits 2 records whose");
  expect(reportOf(JOB, 3, [])).not.toHaveProperty("rows");
});

test("failures and rejections are told with the file that lists them", () => {
  const message = outcomeMessage({ ...JOB, failed: 3, rejected: 1 }, OPTIONS);
  expect(message).toContain("3 records failed; see meta/failures.jsonl for the reasons.");
  expect(message).toContain("1 candidate rejected; see meta/rejected.jsonl for the reasons.");
});
