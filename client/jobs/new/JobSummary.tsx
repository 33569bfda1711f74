import { parsePartitionBy, formatPartitionBy } from "#core/dataset/partition";
import { parseSplit, formatSplit } from "#core/dataset/split";
import { formatUsd, parseUsd } from "#core/money/money";
import type { SeedSetFieldsFragment, TemplateFieldsFragment } from "../../generated/documents.ts";
import { Button } from "../../ui/Button.tsx";
import { showCount } from "../../ui/format.ts";
import { Notice } from "../../ui/States.tsx";
import { Entry, SummaryList } from "../../ui/SummaryList.tsx";
import { FORMAT_LABELS } from "../labels.ts";
import { parseCount } from "../recordCount.ts";
import type { JobForm } from "./form.ts";

export interface JobSummaryProps {
  readonly form: JobForm;
  readonly template: TemplateFieldsFragment | undefined;
  readonly seedSet: SeedSetFieldsFragment | undefined;
  /** Why submitting failed, when no field is to blame. */
  readonly error: string | null;
  readonly busy: boolean;
}

/** A summary of the job, with the button that starts it. */
export function JobSummary({ form, template, seedSet, error, busy }: JobSummaryProps) {
  const count = parseCount(form.recordCount);
  const budget = parseUsd(form.budgetUsd);
  const split = parseSplit(form.split);
  const partitionBy = parsePartitionBy(form.partitionBy);
  return (
    <aside className="card stack summary" aria-labelledby="summary-title">
      <h2 id="summary-title">Summary</h2>
      <SummaryList>
        <Entry name="Template">{template?.name ?? <NotSet />}</Entry>
        <Entry name="Seeds">{seedSet?.name ?? <NotSet />}</Entry>
        <Entry name="Records" className="number">
          {count ? showCount(count) : <NotSet />}
        </Entry>
        <Entry name="Budget" className="number">
          {budget ? formatUsd(budget) : <NotSet />}
        </Entry>
        <Entry name="Formats">
          {form.formats.length > 0 ? form.formats.map((format) => FORMAT_LABELS[format]).join(", ") : <NotSet />}
        </Entry>
        {split && <Entry name="Split">{formatSplit(split)}</Entry>}
        {partitionBy && <Entry name="Partition by">{formatPartitionBy(partitionBy)}</Entry>}
      </SummaryList>
      {error && <Notice tone="bad">{error}</Notice>}
      <Button type="submit" form="new-job" variant="primary" icon="play" large busy={busy}>
        Start job
      </Button>
    </aside>
  );
}

function NotSet() {
  return <span className="faint">not set</span>;
}
