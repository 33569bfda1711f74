import type { JobStatus } from "../../../client/generated/documents.ts";
import { forecastMessage, forecastOf } from "../../../client/jobs/forecasts.ts";
import { totalsOf } from "../../../client/jobs/totals.ts";
import { sampleJob, sampleShard } from "./sample-job.ts";

const NOW = new Date(2026, 10, 25, 14, 0).getTime();

describe("the forecast of a job", () => {
  const message = (status: JobStatus, budgetNanos: number, recordsPerSecond = 10) => {
    const reportedAt = new Date(NOW).toISOString();
    const progress = [
      sampleShard({ recordCount: 5_000, delivered: 1_000, spentNanos: 1_000_000_000, recordsPerSecond, reportedAt }),
    ];
    const job = sampleJob({ status, recordCount: 5_000, maxAttemptCostNanos: 4_000_000, budgetNanos, progress });
    const forecast = forecastOf(job, totalsOf(job, NOW), NOW);
    return forecast && forecastMessage(forecast, job.recordCount, NOW);
  };

  test.each<[string, JobStatus, number, number, string | null]>([
    [
      "covers all records",
      "RUNNING",
      9_000_000_000,
      10,
      "At this rate, all records will cost about $5.00 and be done around 2:06 PM.",
    ],
    [
      "names the day if it is not today",
      "RUNNING",
      9_000_000_000,
      0.05,
      "At this rate, all records will cost about $5.00 and be done around Nov 26, 2026, 12:13 PM.",
    ],
    [
      "says where the budget ends",
      "RUNNING",
      3_217_000_000,
      10,
      "The budget will be reached after about 3,200 of 5,000 records, around 2:03 PM; all records would cost about $5.00.",
    ],
    [
      "has no end time while the job is paused",
      "PAUSED",
      9_000_000_000,
      10,
      "At this rate, all records will cost about $5.00.",
    ],
    ["is absent when the job has ended", "CANCELLED", 9_000_000_000, 10, null],
    ["is absent while the job is exporting", "EXPORTING", 9_000_000_000, 10, null],
  ])("%s", (_, status, budgetNanos, speed, expected) => {
    // English puts a narrow space before AM and PM.
    expect(message(status, budgetNanos, speed)?.replaceAll("\u202f", " ") ?? null).toBe(expected);
  });
});
