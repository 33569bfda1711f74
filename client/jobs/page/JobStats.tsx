import type { Forecast } from "#core/money/forecast";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { useSpeedHistory } from "./useSpeedHistory.ts";
import type { Totals } from "../totals.ts";
import { forecastSentence } from "../forecasts.ts";
import { showUsd } from "../../money.ts";
import { showCount, showDuration, showRate, showShare } from "../../ui/format.ts";
import { Sparkline } from "../../ui/Sparkline.tsx";
import { Stat, Stats } from "../../ui/Stat.tsx";
import { Notice } from "../../ui/States.tsx";
import { BudgetMeter, RecordMeter } from "../JobMeters.tsx";

interface Props {
  readonly job: JobFieldsFragment;
  readonly totals: Totals;
  /** Null while nothing can be foretold. */
  readonly forecast: Forecast | null;
  readonly nowMs: number;
}

/** A job's numbers at a glance, with the bars beneath. */
export function JobStats({ job, totals, forecast, nowMs }: Props) {
  const running = job.status === "RUNNING";
  return (
    <section className="stack" aria-label="Progress">
      <Stats>
        <Stat
          label="Records"
          value={showCount(totals.delivered)}
          note={`of ${showCount(job.recordCount)} · ${showShare(totals.share)} done`}
        />
        <Stat label="Failed" value={showCount(totals.failed)} note="set aside" />
        {totals.rejected > 0 && <Stat label="Refused" value={showCount(totals.rejected)} note="made anew" />}
        {running && (
          <Stat label="Records a second" value={showRate(totals.recordsPerSecond)} note="over the last seconds" />
        )}
        {running && <Stat label="Time left" value={timeLeft(totals)} note="at the present speed" />}
        {job.finishedAt && (
          <Stat label="Time taken" value={timeTaken(job)} note="from first worker to rest, waiting included" />
        )}
        <Stat
          label="Spent"
          value={showUsd(totals.spentNanos)}
          note={`of ${showUsd(job.budgetNanos)} · ${showShare(totals.budgetShare)}`}
        />
      </Stats>
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
          {forecast?.isBudgetSufficient && (
            <p className="small faint number">{forecastSentence(forecast, job.recordCount, nowMs)}</p>
          )}
          {forecast?.isBudgetSufficient === false && (
            <Notice tone="warn">{forecastSentence(forecast, job.recordCount, nowMs)}</Notice>
          )}
          {totals.writtenOffNanos > 0 && (
            <p className="small faint">
              {showUsd(totals.writtenOffNanos)} is set aside as possibly spent: a worker vanished before it could say.
            </p>
          )}
        </div>
        {running && <SpeedLine speed={totals.recordsPerSecond} />}
      </div>
    </section>
  );
}

function SpeedLine({ speed }: { readonly speed: number }) {
  const history = useSpeedHistory(speed, true);
  if (history.length < 5) return null;
  return (
    <div className="stack-tight">
      <span className="small soft">Records a second since this page was opened</span>
      <Sparkline values={history} label={`Records a second, now ${showRate(speed)}`} />
    </div>
  );
}

function timeLeft(totals: Totals): string {
  return totals.secondsLeft === null ? "–" : showDuration(totals.secondsLeft);
}

function timeTaken({ startedAt, finishedAt }: JobFieldsFragment): string {
  if (!startedAt || !finishedAt) return "–";
  return showDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
}

function costNote(totals: Totals): string {
  const each = totals.nanosPerRecord === null ? "" : `${showUsd(totals.nanosPerRecord)} a record · `;
  return `${each}${showShare(totals.budgetShare)}`;
}
