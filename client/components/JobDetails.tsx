import { formatPartitionBy } from "#core/dataset/partition";
import { formatSplit } from "#core/dataset/split";
import { Fragment } from "react";
import { Link } from "react-router";
import type { JobFieldsFragment } from "../generated/documents.ts";
import type { Totals } from "../jobs/totals.ts";
import { CAPACITY_WORDS, inShort, PRIORITY_WORDS, TASK_SIZE_WORDS } from "../jobs/labels.ts";
import { showUsd } from "../money.ts";
import { paths } from "../paths.ts";
import { showValue } from "../templates/parameters.ts";
import { showCount } from "../ui/format.ts";
import { Time } from "../ui/Time.tsx";

interface Props {
  readonly job: JobFieldsFragment;
  readonly totals: Totals;
}

/** What the job was asked to do. */
export function JobDetails({ job, totals }: Props) {
  return (
    <section className="card stack" aria-labelledby="details-title">
      <h2 id="details-title">Details</h2>
      <dl className="facts">
        <dt>Template</dt>
        <dd>
          <Link to={paths.template(job.templateId, job.templateVersion)}>{job.templateName}</Link>{" "}
          <span className="faint">version {job.templateVersion}</span>
        </dd>
        <dt>Seeds</dt>
        <dd>
          <Link to={paths.seedSet(job.seedSetId)}>{job.seedSetName}</Link>
        </dd>
        {Object.entries(JSON.parse(job.parameters) as Record<string, unknown>).map(([name, value]) => (
          <Fragment key={name}>
            <dt className="mono">{name}</dt>
            <dd>{showValue(JSON.stringify(value))}</dd>
          </Fragment>
        ))}
        <dt>Formats</dt>
        <dd>{job.formats.map((format) => FORMAT_WORDS[format]).join(", ")}</dd>
        {job.split && (
          <>
            <dt>Split</dt>
            <dd>{formatSplit(job.split)}</dd>
          </>
        )}
        {job.partitionBy && (
          <>
            <dt>Folders</dt>
            <dd>{formatPartitionBy(job.partitionBy)}</dd>
          </>
        )}
        <dt>Budget</dt>
        <dd className="number">{showUsd(job.budgetNanos)}</dd>
        <dt>An attempt at most</dt>
        <dd className="number">{showUsd(job.maxAttemptCostNanos)}</dd>
        <dt>May fail</dt>
        <dd className="number">{job.maxFailedPercent} % of the records</dd>
        <dt>Priority</dt>
        <dd>{inShort(PRIORITY_WORDS[job.priority])}</dd>
        <dt>Tasks</dt>
        <dd>
          {inShort(TASK_SIZE_WORDS[job.taskSize])} · {inShort(CAPACITY_WORDS[job.capacity]).toLowerCase()}
        </dd>
        <dt>Tokens</dt>
        <dd className="number">
          {showCount(totals.inputTokens)} in · {showCount(totals.outputTokens)} out
        </dd>
        <dt>Shards</dt>
        <dd className="number">{showCount(job.progress.length)}</dd>
        <dt>Created</dt>
        <dd>
          <Time at={job.createdAt} />
        </dd>
        {job.startedAt && <Moment name="Started" at={job.startedAt} />}
        {job.finishedAt && <Moment name="Finished" at={job.finishedAt} />}
        <dt>Id</dt>
        <dd className="mono">{job.id}</dd>
      </dl>
    </section>
  );
}

export const FORMAT_WORDS = {
  JSONL: "JSONL",
  JSONL_GZ: "JSONL (gzip)",
  CSV: "CSV",
  PARQUET: "Parquet",
  MESSAGES: "OpenAI messages",
  SHAREGPT: "ShareGPT",
  ALPACA: "Alpaca",
} as const;

function Moment({ name, at }: { readonly name: string; readonly at: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Time at={at} />
      </dd>
    </>
  );
}
