/** Progress for people and for programs: a bar on a terminal, otherwise one JSON line per second. */
import { formatBasis, formatEstimate, type Estimate } from "#core/money/estimate";
import { formatUsdApart } from "#core/money/money";
import { formatNumber } from "#core/numbers";
import type { JobSummary } from "../job-watch.ts";

const BAR_WIDTH = 30;
const LINE_INTERVAL_MS = 1_000;

export interface ProgressLine {
  show(summary: JobSummary): void;
  end(): void;
}

/** @param estimate the job's likely cost: a line above the bar, a field of each JSON line */
export function showProgress(
  estimate: Estimate | null = null,
  stream: NodeJS.WriteStream = process.stdout,
): ProgressLine {
  return stream.isTTY ? progressBar(stream, estimate) : jsonLines(stream, estimate);
}

function progressBar(stream: NodeJS.WriteStream, estimate: Estimate | null): ProgressLine {
  if (estimate) stream.write(`Estimated cost: ${formatEstimate(estimate)}, ${formatBasis(estimate)}.\n`);
  let problem: string | null = null;
  return {
    show(summary) {
      const isNew = summary.modelProblem !== null && summary.modelProblem !== problem;
      problem = summary.modelProblem;
      const above = isNew ? `${waitingMessage(summary.modelProblem ?? "")}\n` : "";
      stream.write(`\r\u001b[2K${above}${barOf(summary).slice(0, stream.columns - 1)}`);
    },
    end: () => void stream.write("\n"),
  };
}

function waitingMessage(problem: string): string {
  return `${problem.replace(/\.?$/, ".")} The job continues as soon as it answers.`;
}

/** `██████░░░░  120/500  24.1/s  $0.041 of $1.00  RUNNING` */
function barOf(summary: JobSummary): string {
  const { delivered, failed, requested } = summary;
  // Rounded down: the bar is full when every record is there.
  const filled = Math.floor((BAR_WIDTH * delivered) / requested);
  const blocks = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const speed = summary.recordsPerSecond > 0 ? `${summary.recordsPerSecond.toFixed(1)}/s  ` : "";
  const failures = failed > 0 ? `${formatNumber(failed)} failed  ` : "";
  const [spent, budget] = formatUsdApart(summary.spentNanos, summary.budgetNanos);
  return `${blocks}  ${formatNumber(delivered)}/${formatNumber(requested)}  ${failures}${speed}${spent} of ${budget}  ${summary.status}`;
}

function jsonLines(stream: NodeJS.WriteStream, estimate: Estimate | null): ProgressLine {
  const estimated = estimate && {
    estimatedUsd: {
      low: estimate.lowNanos / 1e9,
      likely: estimate.likelyNanos / 1e9,
      high: estimate.highNanos / 1e9,
    },
  };
  let latest: JobSummary | undefined;
  let shown: JobSummary | undefined;
  const print = () => {
    if (!latest || latest === shown) return;
    shown = latest;
    const { status, requested, delivered, failed, spentNanos, recordsPerSecond, modelProblem } = latest;
    const fields = { status, requested, delivered, failed, spentUsd: spentNanos / 1e9, recordsPerSecond };
    const problem = modelProblem === null ? {} : { modelProblem };
    stream.write(`${JSON.stringify({ ...fields, ...problem, ...estimated })}\n`);
  };
  const timer = setInterval(print, LINE_INTERVAL_MS);
  return {
    show: (summary) => void (latest = summary),
    end() {
      clearInterval(timer);
      print();
    },
  };
}
