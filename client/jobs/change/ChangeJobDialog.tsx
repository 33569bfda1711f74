import { useState } from "react";
import { MAX_RECORDS, PRIORITIES } from "#core/job/job";
import type { JobFieldsFragment, JobPriority } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { totalsOf } from "../totals.ts";
import { forecastOf, forecastSentence } from "../forecasts.ts";
import { parseCount } from "../new/form.ts";
import { PRIORITY_WORDS } from "../labels.ts";
import { editUsd } from "../../money.ts";
import { useExtendJob } from "../../mutations/useExtendJob.ts";
import { useSetJobPriority } from "../../mutations/useSetJobPriority.ts";
import { useRaiseBudget } from "../../mutations/useRaiseBudget.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { showCount } from "../../ui/format.ts";
import { Notice } from "../../ui/States.tsx";
import { raisedBudget, RaiseBudgetField } from "./RaiseBudgetField.tsx";

interface Props {
  readonly job: JobFieldsFragment;
  readonly onClose: () => void;
}

/** Asks a job for more: records, money, or a place further ahead. One that has ended goes on to make what is new. */
export function ChangeJobDialog({ job, onClose }: Props) {
  const isOver = job.status === "COMPLETED" || job.status === "BUDGET_EXCEEDED";
  const [count, setCount] = useState(() => showCount(job.recordCount));
  const [usd, setUsd] = useState(() => editUsd(job.budgetNanos));
  const [priority, setPriority] = useState<JobPriority>(job.priority);
  const [shown, setShown] = useState(false);
  const extendJob = useExtendJob();
  const raiseBudget = useRaiseBudget();
  const setJobPriority = useSetJobPriority();
  const { run, busy, error } = useAction(onClose);
  const recordCount = parseCount(count);
  const faultOfCount = countFault(recordCount, job.recordCount, isOver);
  const budget = raisedBudget(usd, job);
  const change = async () => {
    if (recordCount === undefined || budget.fault !== null) return;
    if (recordCount > job.recordCount) await extendJob(job.id, recordCount, budget.nanos);
    else if (budget.nanos !== null) await raiseBudget(job.id, budget.nanos);
    if (priority !== job.priority) await setJobPriority(job.id, priority);
  };
  const confirm = () => {
    setShown(true);
    if (faultOfCount === null && budget.fault === null) void run(change);
  };
  const ahead = foreseen(job, recordCount ?? job.recordCount, budget.fault === null ? budget.nanos : null);
  return (
    <Dialog
      title={isOver ? "Add records to this job" : "Change this job"}
      action={isOver ? "Add and go on" : "Change"}
      {...{ busy, error, onClose }}
      onConfirm={confirm}
    >
      <p className="soft">
        {isOver
          ? "Its dataset stays until the one with all records is written. Nothing that was made is made or paid for again."
          : "It takes effect within seconds. Nothing that was made is made or paid for again."}
      </p>
      <TextField
        label="Records"
        inputMode="numeric"
        autoFocus
        value={count}
        error={shown ? faultOfCount : null}
        hint={`Until now ${showCount(job.recordCount)}. More can be asked for, not fewer.`}
        onChange={(event) => setCount(event.target.value)}
      />
      <RaiseBudgetField {...{ job, usd }} error={shown ? budget.fault : null} onChange={setUsd} />
      {ahead?.suffices === true && <p className="small soft number">{ahead.sentence}</p>}
      {ahead?.suffices === false && <Notice tone="warn">{ahead.sentence}</Notice>}
      {!isOver && (
        <SelectField
          label="Priority among my jobs"
          value={priority}
          onChange={(event) => setPriority(event.target.value as JobPriority)}
        >
          {PRIORITIES.map((known) => (
            <option key={known} value={known}>
              {PRIORITY_WORDS[known]}
            </option>
          ))}
        </SelectField>
      )}
    </Dialog>
  );
}

/** How the job would end with so many records and that budget, from what its records have cost so far. */
function foreseen(job: JobFieldsFragment, recordCount: number, budgetNanos: number | null) {
  const nowMs = Date.now();
  // It goes on from the queue, whether or not it has ended.
  const asked = { ...job, status: "QUEUED" as const, recordCount, budgetNanos: budgetNanos ?? job.budgetNanos };
  const ahead = forecastOf(asked, totalsOf(asked, nowMs), nowMs);
  return ahead && { suffices: ahead.isBudgetSufficient, sentence: forecastSentence(ahead, recordCount, nowMs) };
}

function countFault(count: number | undefined, old: number, needsMore: boolean): string | null {
  if (count === undefined) return `Expected a whole number, ${showCount(MAX_RECORDS)} at most.`;
  if (needsMore && count <= old) return `Expected more than the ${showCount(old)} of until now.`;
  return count < old ? `Records can be added, not taken away: expected ${showCount(old)} or more.` : null;
}
