/** A job's figures as the command line has them, once it is at rest. */
import type { JobSummary } from "../../../cli/job-watch.ts";

export function jobSummary(figures: Partial<JobSummary> = {}): JobSummary {
  return {
    id: "01J",
    status: "COMPLETED",
    statusReason: null,
    requested: 10,
    delivered: 10,
    failed: 0,
    rejected: 0,
    mended: 0,
    modelProblem: null,
    spentNanos: 470_000_000,
    writtenOffNanos: 0,
    budgetNanos: 1_000_000_000,
    recordsPerSecond: 0,
    datasetFiles: [],
    datasetFileCount: 0,
    datasetRows: null,
    ...figures,
  };
}
