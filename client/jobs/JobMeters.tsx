import type { JobStatus } from "../generated/documents.ts";
import type { JobNumbers, Totals } from "./totals.ts";
import { showUsd } from "../money.ts";
import { showCount, showCounted, showShare } from "../ui/format.ts";
import { Meter, type MeterPart } from "../ui/Meter.tsx";

export interface JobMeterProps {
  readonly job: JobNumbers;
  readonly totals: Totals;
  readonly large?: boolean;
}

/** The share of records delivered, and of records failed. */
export function RecordMeter({ job, totals, large }: JobMeterProps) {
  const failed = totals.failed > 0 ? `, ${showCount(totals.failed)} failed` : "";
  const text = `${showCounted(totals.delivered, "record")} of ${showCount(job.recordCount)} generated${failed}`;
  const parts: MeterPart[] = [
    { share: totals.delivered / job.recordCount, tone: TONES[job.status] },
    { share: totals.failed / job.recordCount, tone: "bad" },
  ];
  return <Meter label="Records generated" text={text} parts={parts} large={large} />;
}

/** The budget used: paid for models, and reserved as possibly spent. */
export function BudgetMeter({ job, totals, large }: JobMeterProps) {
  const text = `${showUsd(totals.spentNanos)} of ${showUsd(job.budgetNanos)}, ${showShare(totals.budgetShare)}`;
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
