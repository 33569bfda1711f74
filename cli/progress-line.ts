/** Progress for people and for programs: a bar on a terminal, one JSON line a second otherwise. */
import { formatUsd } from "#core/money";
import type { JobFacts } from "./job-watch.ts";

const BAR_WIDTH = 30;
const LINE_EVERY_MS = 1_000;

export interface ProgressLine {
  show(facts: JobFacts): void;
  end(): void;
}

export function showProgress(stream: NodeJS.WriteStream = process.stdout): ProgressLine {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: NodeJS.WriteStream): ProgressLine {
  return {
    show: (facts) => void stream.write(`\r\u001b[2K${barOf(facts).slice(0, stream.columns - 1)}`),
    end: () => void stream.write("\n"),
  };
}

/** `██████░░░░  120/500  24.1/s  $0.041 of $1.00  RUNNING` */
export function barOf(facts: JobFacts): string {
  const done = facts.delivered + facts.failed;
  const filled = Math.round((BAR_WIDTH * done) / facts.requested);
  const blocks = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const speed = facts.recordsPerSecond > 0 ? `${facts.recordsPerSecond.toFixed(1)}/s  ` : "";
  return `${blocks}  ${done}/${facts.requested}  ${speed}${formatUsd(facts.spentNanos)} of ${formatUsd(facts.budgetNanos)}  ${facts.status}`;
}

function lines(stream: NodeJS.WriteStream): ProgressLine {
  let latest: JobFacts | undefined;
  let shown: JobFacts | undefined;
  const print = () => {
    if (!latest || latest === shown) return;
    shown = latest;
    const { status, requested, delivered, failed, spentNanos, recordsPerSecond } = latest;
    stream.write(
      `${JSON.stringify({ status, requested, delivered, failed, spentUsd: spentNanos / 1e9, recordsPerSecond })}\n`,
    );
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
