import { useState } from "react";
import { parseUsd } from "#core/money/money";
import type { TestRunFieldsFragment } from "../generated/documents.ts";
import { useAction } from "../hooks/useAction.ts";
import { showUsd } from "../money.ts";
import { useStartTestRun } from "../mutations/useStartTestRun.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { FieldError, TextField } from "../ui/Field.tsx";
import { showCounted } from "../ui/format.ts";
import { Notice } from "../ui/States.tsx";
import { checkTestRunForm, MAX_TEST_RUN_RECORDS } from "./form.ts";
import { SpentToday } from "./SpentToday.tsx";
import { TestRunRecords } from "./TestRunRecords.tsx";

import { useTestRun } from "./useTestRun.ts";

export interface TryPanelProps {
  readonly source: string;
  readonly templateId: string | null;
  readonly isSound: boolean;
  readonly seedSetId: string | null;
  /** Values for its parameters as JSON; null for the defaults. */
  readonly parameters: string | null;
  /** The most one record can cost; null while it is not known. */
  readonly boundNanos: number | null;
}

/** A few records with real model calls, every one of which can be looked at. */
export function TestRunPanel({ source, templateId, isSound, seedSetId, parameters, boundNanos }: TryPanelProps) {
  const [records, setRecords] = useState("1");
  const [budget, setBudget] = useState("0.10");
  const [tried, setTried] = useState<string | null>(null);
  const [shown, setShown] = useState(false);
  const startTestRun = useStartTestRun();
  const { run, busy, error } = useAction();
  const running = useTestRun(tried);
  const isRunning = running?.status === "RUNNING";
  const faults = checkTestRunForm({ records, budget, boundNanos });
  const start = (event: React.FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (seedSetId === null || faults.records || faults.budget) return;
    const budgetNanos = parseUsd(budget) ?? 0;
    void run(async () =>
      setTried(
        await startTestRun({ source, templateId, seedSetId, parameters, recordCount: Number(records), budgetNanos }),
      ),
    );
  };
  return (
    <form className="stack" onSubmit={start} aria-label="Try" noValidate>
      <div className="try-form">
        <TextField
          label="Records"
          inputMode="numeric"
          value={records}
          error={shown ? faults.records : null}
          hint={`1 to ${MAX_TEST_RUN_RECORDS}`}
          onChange={(event) => setRecords(event.target.value)}
        />
        <TextField
          label="Budget"
          sign="$"
          inputMode="decimal"
          value={budget}
          error={shown ? faults.budget : null}
          hint={boundNanos === null ? undefined : `A record: ${showUsd(boundNanos)} at most`}
          onChange={(event) => setBudget(event.target.value)}
        />
        <Button
          type="submit"
          look="primary"
          icon="play"
          busy={busy || isRunning}
          disabled={!isSound || seedSetId === null}
        >
          Run
        </Button>
      </div>
      {seedSetId === null && <p className="small soft">Choose seeds above: a try draws real items.</p>}
      {!isSound && <p className="small soft">Mend the faults first.</p>}
      <FieldError error={error} />
      {running && <TestRunState running={running} />}
      {running && <TestRunRecords records={running.records} />}
      <SpentToday isSpending={isRunning} />
    </form>
  );
}

function TestRunState({ running }: { readonly running: TestRunFieldsFragment }) {
  const [word, tone] = STATES[running.status];
  return (
    <>
      <p className="row small" role="status">
        <Badge dot tone={tone}>
          {word}
        </Badge>
        <span className="number">
          {showCounted(running.records.length, "record")} of {running.recordCount} ·{" "}
          <strong>{showUsd(running.spentNanos)}</strong> of {showUsd(running.budgetNanos)}
        </span>
      </p>
      {running.statusReason && (
        <Notice tone={running.status === "FAILED" ? "bad" : "warn"}>{running.statusReason}</Notice>
      )}
    </>
  );
}

const STATES = {
  RUNNING: ["Running", "live"],
  COMPLETED: ["Done", "good"],
  FAILED: ["Failed", "bad"],
} as const;
