import { formatPartitionBy } from "#core/dataset/partition";
import { formatSplit } from "#core/dataset/split";
import { formatUsd } from "#core/money/money";
import { Link } from "react-router";
import type { JobFieldsFragment } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { showValue } from "../../templates/parameters.ts";
import { showCount } from "../../ui/format.ts";
import { Entry, SummaryList } from "../../ui/SummaryList.tsx";
import { Time } from "../../ui/Time.tsx";
import { CAPACITY_LABELS, FORMAT_LABELS, PRIORITY_LABELS, shortLabel, TASK_SIZE_LABELS } from "../labels.ts";
import type { Totals } from "../totals.ts";

interface Props {
  readonly job: JobFieldsFragment;
  readonly totals: Totals;
}

/** The job's settings, and the figures that are not on the progress card. */
export function JobDetails({ job, totals }: Props) {
  return (
    <section className="card stack" aria-labelledby="details-title">
      <h2 id="details-title">Details</h2>
      <SummaryList>
        <Inputs job={job} />
        <Settings job={job} />
        <Entry name="Tokens" className="number">
          {showCount(totals.inputTokens)} in · {showCount(totals.outputTokens)} out
        </Entry>
        {totals.mended > 0 && (
          <Entry name="Mended answers" className="number">
            {showCount(totals.mended)} <span className="faint">of nearly valid JSON, without a repair</span>
          </Entry>
        )}
        <Entry name="Shards" className="number">
          {showCount(job.progress.length)}
        </Entry>
        <TimeEntry name="Created" at={job.createdAt} />
        {job.startedAt && <TimeEntry name="Started" at={job.startedAt} />}
        {job.finishedAt && <TimeEntry name="Finished" at={job.finishedAt} />}
        <Entry name="ID" className="mono">
          {job.id}
        </Entry>
      </SummaryList>
    </section>
  );
}

/** What the job generates from. */
function Inputs({ job }: Pick<Props, "job">) {
  const parameters = JSON.parse(job.parameters) as Record<string, unknown>;
  return (
    <>
      <Entry name="Template">
        <Link to={paths.template(job.templateId, job.templateVersion)}>{job.templateName}</Link>{" "}
        <span className="faint">version {job.templateVersion}</span>
      </Entry>
      <Entry name="Seeds">
        <Link to={paths.seedSet(job.seedSetId)}>{job.seedSetName}</Link>
      </Entry>
      {Object.entries(parameters).map(([name, value]) => (
        <Entry key={name} name={<span className="mono">{name}</span>}>
          {showValue(JSON.stringify(value))}
        </Entry>
      ))}
    </>
  );
}

function Settings({ job }: Pick<Props, "job">) {
  return (
    <>
      <Entry name="Formats">{job.formats.map((format) => FORMAT_LABELS[format]).join(", ")}</Entry>
      {job.split && <Entry name="Split">{formatSplit(job.split)}</Entry>}
      {job.partitionBy && <Entry name="Partition by">{formatPartitionBy(job.partitionBy)}</Entry>}
      <Entry name="Budget" className="number">
        {formatUsd(job.budgetNanos)}
      </Entry>
      <Entry name="Max cost per attempt" className="number">
        {formatUsd(job.maxAttemptCostNanos)} <span className="small faint">worst case</span>
      </Entry>
      <Entry name="Failure tolerance" className="number">
        {job.maxFailedPercent}%
      </Entry>
      <Entry name="Priority">{shortLabel(PRIORITY_LABELS[job.priority])}</Entry>
      <Entry name="Tasks">
        {TASK_SIZE_LABELS[job.taskSize]} ({job.task.cpu / 1024} vCPU, {job.task.memoryMb / 1024} GB) ·{" "}
        {shortLabel(CAPACITY_LABELS[job.capacity])}
      </Entry>
      <Entry name="Calls in flight" className="number">
        at most {job.inFlight ?? job.task.callsInFlight * (job.maxTasks ?? 1)}
      </Entry>
    </>
  );
}

function TimeEntry({ name, at }: { readonly name: string; readonly at: string }) {
  return (
    <Entry name={name}>
      <Time at={at} />
    </Entry>
  );
}
