/** Progress for people and for programs: a bar on a terminal, one JSON line a second otherwise. */
import { formatBasis, formatEstimate, type Estimate } from "#core/money/estimate";
import { formatUsd } from "#core/money/money";
import type { JobFields } from "./job-watch.ts";

const BAR_WIDTH = 30;
const LINE_EVERY_MS = 1_000;

export interface ProgressLine {
  show(facts: JobFields): void;
  end(): void;
}

/** @param estimate what the job is likely to cost: a line before the bar, a field of each JSON line */
export function showProgress(
  estimate: Estimate | null = null,
  stream: NodeJS.WriteStream = process.stdout,
): ProgressLine {
  return stream.isTTY ? bar(stream, estimate) : lines(stream, estimate);
}

function bar(stream: NodeJS.WriteStream, estimate: Estimate | null): ProgressLine {
  if (estimate) stream.write(`Estimated cost: ${formatEstimate(estimate)}, ${formatBasis(estimate)}.\n`);
  return {
    show: (facts) => void stream.write(`\r\u001b[2K${barOf(facts).slice(0, stream.columns - 1)}`),
    end: () => void stream.write("\n"),
  };
}

/** `██████░░░░  120/500  24.1/s  $0.041 of $1.00  RUNNING` */
export function barOf(facts: JobFields): string {
  const done = facts.delivered + facts.failed;
  const filled = Math.round((BAR_WIDTH * done) / facts.requested);
  const blocks = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const speed = facts.recordsPerSecond > 0 ? `${facts.recordsPerSecond.toFixed(1)}/s  ` : "";
  return `${blocks}  ${done}/${facts.requested}  ${speed}${formatUsd(facts.spentNanos)} of ${formatUsd(facts.budgetNanos)}  ${facts.status}`;
}

function lines(stream: NodeJS.WriteStream, estimate: Estimate | null): ProgressLine {
  const estimated = estimate && {
    estimatedUsd: {
      low: estimate.lowNanos / 1e9,
      likely: estimate.likelyNanos / 1e9,
      high: estimate.highNanos / 1e9,
    },
  };
  let latest: JobFields | undefined;
  let shown: JobFields | undefined;
  const print = () => {
    if (!latest || latest === shown) return;
    shown = latest;
    const { status, requested, delivered, failed, spentNanos, recordsPerSecond } = latest;
    const facts = { status, requested, delivered, failed, spentUsd: spentNanos / 1e9, recordsPerSecond };
    stream.write(`${JSON.stringify({ ...facts, ...estimated })}\n`);
  };
  const timer = setInterval(print, LINE_EVERY_MS);
  return {
    show: (facts) => void (latest = facts),
    end() {
      clearInterval(timer);
      print();
    },
  };
}
