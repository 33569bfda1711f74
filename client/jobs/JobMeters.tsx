import { formatUsdApart } from "#core/money/money";
import type { JobStatus } from "../generated/documents.ts";
import type { JobNumbers, Totals } from "./totals.ts";
import { showCount, showCounted, showShare } from "../ui/format.ts";
import { Meter, type MeterPart } from "../ui/Meter.tsx";

export interface JobMeterProps {
  readonly job: JobNumbers;
  readonly totals: Totals;
  readonly large?: boolean;
}

/** The share of records delivered. */
export function RecordMeter({ job, totals, large }: JobMeterProps) {
  const failed = totals.failed > 0 ? `, ${showCount(totals.failed)} failed` : "";
  const text = `${showCounted(totals.delivered, "record")} of ${showCount(job.recordCount)} generated${failed}`;
  const parts: MeterPart[] = [{ share: totals.share, tone: TONES[job.status] }];
  return <Meter label="Records generated" text={text} parts={parts} large={large} />;
}

/** The budget used: paid for models, and reserved as possibly spent. */
export function BudgetMeter({ job, totals, large }: JobMeterProps) {
  const [spent, budget] = formatUsdApart(totals.spentNanos, job.budgetNanos);
  const text = `${spent} of ${budget}, ${showShare(totals.budgetShare)} used`;
  const parts: MeterPart[] = [
    { share: Math.min(1, totals.spentNanos / job.budgetNanos), tone: totals.budgetShare > 0.9 ? "warn" : "accent" },
    { share: totals.writtenOffNanos / job.budgetNanos, tone: "idle" },
  ];
  return <Meter label="Budget used" text={text} parts={parts} large={large} />;
}

const TONES: Readonly<Record<JobStatus, MeterPart["tone"]>> = {
  QUEUED: "live",
  RUNNING: "live",
  PAUSED: "warn",
  EXPORTING: "live",
  COMPLETED: "good",
  BUDGET_EXCEEDED: "warn",
  CANCELLED: "idle",
  FAILED: "idle",
  DELETING: "idle",
};
