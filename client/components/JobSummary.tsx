import { parseUsd } from "#core/money/money";
import { parsePartitionBy, formatPartitionBy } from "#core/dataset/partition";
import { parseSplit, formatSplit } from "#core/dataset/split";
import type { SeedSetFieldsFragment, TemplateFieldsFragment } from "../generated/documents.ts";
import { parseCount, type JobForm } from "../jobs/form.ts";
import { showUsd } from "../money.ts";
import { Button } from "../ui/Button.tsx";
import { showCount } from "../ui/format.ts";
import { Notice } from "../ui/States.tsx";
import { FORMAT_WORDS } from "./JobDetails.tsx";

export interface JobSummaryProps {
  readonly form: JobForm;
  readonly template: TemplateFieldsFragment | undefined;
  readonly seedSet: SeedSetFieldsFragment | undefined;
  /** What went wrong when it was sent, when no field is to blame. */
  readonly error: string | null;
  readonly busy: boolean;
}

/** What will be started, in short, with the button that starts it. */
export function JobSummary({ form, template, seedSet, error, busy }: JobSummaryProps) {
  const count = parseCount(form.recordCount);
  const budget = parseUsd(form.budgetUsd);
  const split = parseSplit(form.split);
  const partitionBy = parsePartitionBy(form.partitionBy);
  return (
    <aside className="card stack summary" aria-label="Summary">
      <h2>Your job</h2>
      <dl className="facts">
        <dt>Template</dt>
        <dd>{template?.name ?? <Missing />}</dd>
        <dt>Seeds</dt>
        <dd>{seedSet?.name ?? <Missing />}</dd>
        <dt>Records</dt>
        <dd className="number">{count ? showCount(count) : <Missing />}</dd>
        <dt>Budget</dt>
        <dd className="number">{budget ? showUsd(budget) : <Missing />}</dd>
        <dt>Formats</dt>
        <dd>{form.formats.length > 0 ? form.formats.map((format) => FORMAT_WORDS[format]).join(", ") : <Missing />}</dd>
        {split && (
          <>
            <dt>Split</dt>
            <dd>{formatSplit(split)}</dd>
          </>
        )}
        {partitionBy && (
          <>
            <dt>Folders</dt>
            <dd>{formatPartitionBy(partitionBy)}</dd>
          </>
        )}
      </dl>
      {error && <Notice tone="bad">{error}</Notice>}
      <Button type="submit" form="new-job" look="primary" icon="play" large busy={busy}>
        Start job
      </Button>
    </aside>
  );
}

function Missing() {
  return <span className="faint">not chosen</span>;
}
