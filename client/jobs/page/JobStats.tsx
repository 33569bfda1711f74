import type { Forecast } from "#core/money/forecast";
import { formatUsd, formatUsdApart } from "#core/money/money";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { showCount, showCounted, showDuration, showRate, showShare } from "../../ui/format.ts";
import { Sparkline } from "../../ui/Sparkline.tsx";
import { Stat, Stats } from "../../ui/Stat.tsx";
import { Notice } from "../../ui/States.tsx";
import { forecastMessage } from "../forecasts.ts";
import { BudgetMeter, RecordMeter } from "../JobMeters.tsx";
import type { Totals } from "../totals.ts";
import { useSpeedHistory } from "./useSpeedHistory.ts";

interface Props {
  readonly job: JobFieldsFragment;
  readonly totals: Totals;
  /** Null while nothing can be forecast. */
  readonly forecast: Forecast | null;
  readonly nowMs: number;
}

/** A job's key figures, with the progress bars below. */
export function JobStats({ job, totals, forecast, nowMs }: Props) {
  const isRunning = job.status === "RUNNING";
  return (
    <section className="stack" aria-label="Progress">
      <Figures job={job} totals={totals} />
      <div className="card job-bars">
        <div className="stack-tight">
          <div className="row-between small">
            <span className="soft">Records</span>
            <span className="faint number">{showShare(totals.share)}</span>
          </div>
          <RecordMeter job={job} totals={totals} large />
        </div>
        <div className="stack-tight">
          <div className="row-between small">
            <span className="soft">Budget</span>
            <span className="faint number">{costNote(totals)}</span>
          </div>
          <BudgetMeter job={job} totals={totals} large />
          {forecast && <ForecastLine forecast={forecast} text={forecastMessage(forecast, job.recordCount, nowMs)} />}
          {totals.writtenOffNanos > 0 && (
            <p className="small faint">
              {formatUsd(totals.writtenOffNanos)} reserved as possibly spent: a worker was lost before it could report.
            </p>
          )}
        </div>
        {isRunning && <ThroughputSparkline speed={totals.recordsPerSecond} />}
      </div>
    </section>
  );
}

function Figures({ job, totals }: Pick<Props, "job" | "totals">) {
  const isRunning = job.status === "RUNNING";
  const [spent, budget] = formatUsdApart(totals.spentNanos, job.budgetNanos);
  return (
    <Stats>
      <Stat
        label="Records"
        value={showCount(totals.delivered)}
        note={`of ${showCount(job.recordCount)} · ${showShare(totals.share)} generated${rowsNote(job)}`}
      />
      <Stat label="Failed" value={showCount(totals.failed)} note="records, excluded" />
      {totals.rejected > 0 && (
        <Stat
          label="Rejected"
          value={showCount(totals.rejected)}
          note={`candidates, ${showCount(totals.regenerated)} regenerated`}
        />
      )}
      {isRunning && <Stat label="Throughput" value={showRate(totals.recordsPerSecond)} note="records/s" />}
      {isRunning && <Stat label="Time left" value={timeLeft(totals)} note="at the current rate" />}
      {job.finishedAt && <Stat label="Duration" value={duration(job)} note="since the first task started" />}
      <Stat label="Spent" value={spent} note={`on models, of ${budget}`} />
    </Stats>
  );
}

function rowsNote({ datasetRows }: JobFieldsFragment): string {
  return datasetRows === null ? "" : ` · ${showCounted(datasetRows, "row")}`;
}

function timeLeft(totals: Totals): string {
  return totals.secondsLeft === null ? "–" : showDuration(totals.secondsLeft);
}

function duration({ startedAt, finishedAt }: JobFieldsFragment): string {
  if (!startedAt || !finishedAt) return "–";
  return showDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
}

function costNote(totals: Totals): string {
  const perRecord = totals.nanosPerRecord === null ? "" : `${formatUsd(totals.nanosPerRecord)} per record so far · `;
  return `${perRecord}${showShare(totals.budgetShare)} used`;
}

function ForecastLine({ forecast, text }: { readonly forecast: Forecast; readonly text: string }) {
  if (forecast.isBudgetSufficient) return <p className="small faint number">{text}</p>;
  return <Notice tone="warn">{text}</Notice>;
}

function ThroughputSparkline({ speed }: { readonly speed: number }) {
  const history = useSpeedHistory(speed, true);
  if (history.length < 5) return null;
  return (
    <div className="stack-tight">
      <span className="small soft">Throughput since this page was opened</span>
      <Sparkline values={history} label={`Throughput, now ${showRate(speed)} records/s`} />
    </div>
  );
}
