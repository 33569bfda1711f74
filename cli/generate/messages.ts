/** What the command tells its user about a job, and the report it leaves for programs. */
import { META_FILES } from "#core/dataset/meta-files";
import { formatUsd } from "#core/money/money";
import { formatNumber } from "#core/numbers";
import type { SeedReport } from "../api-calls.ts";
import type { JobSummary } from "../job-watch.ts";
import { DEFAULT_DATA_FOLDER, type GenerateOptions } from "./options.ts";

export const STOPPED_EARLY = "Stopped before the job started; nothing was left behind.";
export const PAUSING = "Pausing; finishing the calls in flight (press Ctrl-C again to skip the wait) …";

/** `report.json`. */
export function reportOf(job: JobSummary, seconds: number, files: readonly string[]): Record<string, unknown> {
  return {
    jobId: job.id,
    requested: job.requested,
    delivered: job.delivered,
    failed: job.failed,
    rejected: job.rejected,
    mended: job.mended,
    ...(job.datasetRows !== null && { rows: job.datasetRows }),
    spentUsd: job.spentNanos / 1e9,
    writtenOffUsd: job.writtenOffNanos / 1e9,
    budgetUsd: job.budgetNanos / 1e9,
    seconds,
    status: job.status,
    reason: job.statusReason,
    files,
  };
}

/**
 * What was unusual about the seeds, and what was skipped.
 * @param skipped what that is, in the singular
 */
export function seedMessages({ notes, skippedCount, skippedRows }: SeedReport, skipped: string): string[] {
  if (skippedCount === 0) return [...notes];
  const more = skippedCount - skippedRows.length;
  return [
    ...notes,
    `${counted(skippedCount, skipped)} skipped:`,
    ...skippedRows.map(({ reason }) => `  ${reason}`),
    ...(more > 0 ? [`  and ${formatNumber(more)} more.`] : []),
  ];
}

/** How a job ended, what it delivered, and how to continue it. */
export function outcomeMessage(job: JobSummary, options: GenerateOptions): string {
  const lines = [
    `${outcomeOf(job)} ${deliveredOf(job)} records${rowsOf(job)} for ${formatUsd(job.spentNanos)}, saved to ${options.out}/.`,
    job.failed > 0 && `${counted(job.failed, "record")} failed; see ${META_FILES.failures} for the reasons.`,
    job.rejected > 0 && `${counted(job.rejected, "candidate")} rejected; see ${META_FILES.rejected} for the reasons.`,
    job.mended > 0 && `${counted(job.mended, "answer")} of nearly valid JSON mended without a repair.`,
    ...job.datasetFiles.map((file) => omissionOf(file, job.datasetRows === null ? "record" : "row")),
    job.status === "BUDGET_EXCEEDED" && job.statusReason,
    job.status === "BUDGET_EXCEEDED" &&
      `Resume with:\n  ${resumeCommand(job.id, options)} --budget ${(2 * job.budgetNanos) / 1e9}`,
  ];
  return lines.filter(Boolean).join("\n");
}

export function pausedMessage(job: JobSummary, options: GenerateOptions): string {
  return `Paused after ${deliveredOf(job)} records. Resume with:\n  ${resumeCommand(job.id, options)}`;
}

/** For an error that ends the command but not the job. */
export function jobKeptMessage(error: Error, jobId: string, options: GenerateOptions): string {
  return `${error.message}\nThe job is saved. Resume with:\n  ${resumeCommand(jobId, options)}`;
}

/** For a format that cannot hold every record. */
function omissionOf({ name, omitted }: JobSummary["datasetFiles"][number], noun: string): string | false {
  return (
    omitted > 0 &&
    `${name} omits ${counted(omitted, noun)} whose columns are not what the format needs; the other formats have them.`
  );
}

function outcomeOf({ status, statusReason }: JobSummary): string {
  switch (status) {
    case "COMPLETED":
      return "Completed:";
    case "BUDGET_EXCEEDED":
      return "Stopped at the budget:";
    case "CANCELLED":
      return "Canceled:";
    default:
      return `Failed: ${statusReason ?? "no reason given."}`;
  }
}

function deliveredOf({ delivered, requested }: JobSummary): string {
  return `${formatNumber(delivered)} of ${formatNumber(requested)}`;
}

/** Where a record may have several rows. */
function rowsOf({ datasetRows }: JobSummary): string {
  return datasetRows === null ? "" : `, ${counted(datasetRows, "row")},`;
}

function counted(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function resumeCommand(jobId: string, { out, data }: GenerateOptions): string {
  return `npm run generate -- --resume ${jobId} --out ${out}${data === DEFAULT_DATA_FOLDER ? "" : ` --data ${data}`}`;
}
