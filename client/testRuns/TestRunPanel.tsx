import { useState } from "react";
import { MAX_TEST_RUN_RECORDS } from "#core/money/ad-hoc-limits";
import { formatUsd, formatUsdApart, parseUsd } from "#core/money/money";
import type { TestRunFieldsFragment } from "../generated/documents.ts";
import { checkMessage, type CheckState } from "../templates/checkState.ts";
import { useAction } from "../hooks/useAction.ts";
import { useStartTestRun } from "../mutations/useStartTestRun.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { FieldError, TextField } from "../ui/Field.tsx";
import { showCount, showCounted } from "../ui/format.ts";
import { Notice } from "../ui/States.tsx";
import { checkTestRunForm } from "./form.ts";
import { SpentToday } from "./SpentToday.tsx";
import { TestRunRecords } from "./TestRunRecords.tsx";
import { useTestRun } from "./useTestRun.ts";

export interface TestRunPanelProps {
  readonly source: string;
  readonly templateId: string | null;
  readonly check: CheckState;
  readonly seedSetId: string | null;
  /** Values for its parameters as JSON; null for the defaults. */
  readonly parameters: string | null;
  /** The most one attempt can cost; null while unknown. */
  readonly maxAttemptCostNanos: number | null;
}

/** Generates a few records with real model calls and shows every call. */
export function TestRunPanel({ check, maxAttemptCostNanos, ...template }: TestRunPanelProps) {
  const [form, setForm] = useState({ records: "1", budget: "0.10" });
  const [shown, setShown] = useState(false);
  const { testRun, start, busy, error } = useStart(template);
  const isRunning = testRun?.status === "RUNNING";
  const errors = checkTestRunForm({ ...form, maxAttemptCostNanos });
  const hasSeeds = template.seedSetId !== null;
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (!errors.records && !errors.budget) start(Number(form.records), parseUsd(form.budget) ?? 0);
  };
  return (
    <form className="stack" onSubmit={submit} aria-label="Test run" noValidate>
      <div className="test-run-form">
        <TextField
          label="Records"
          inputMode="numeric"
          value={form.records}
          error={shown ? errors.records : null}
          hint={`1–${MAX_TEST_RUN_RECORDS}`}
          onChange={(event) => setForm({ ...form, records: event.target.value })}
        />
        <TextField
          label="Budget (USD)"
          adornment="$"
          inputMode="decimal"
          value={form.budget}
          error={shown ? errors.budget : null}
          hint={maxAttemptCostNanos === null ? undefined : `Max cost per attempt: ${formatUsd(maxAttemptCostNanos)}`}
          onChange={(event) => setForm({ ...form, budget: event.target.value })}
        />
        <Button
          type="submit"
          variant="primary"
          icon="play"
          busy={busy || isRunning}
          disabled={check !== "valid" || !hasSeeds}
        >
          Run
        </Button>
      </div>
      {!hasSeeds && <p className="small soft">Choose seeds above: a test run samples real items.</p>}
      {check !== "valid" && <p className="small soft">{checkMessage(check, "first")}</p>}
      <FieldError error={error} />
      {testRun && <TestRunState testRun={testRun} />}
      {testRun && <TestRunRecords records={testRun.records} />}
      <SpentToday isSpending={isRunning} />
    </form>
  );
}

/** Starts test runs of a template and follows the latest. */
function useStart(template: Pick<TestRunPanelProps, "source" | "templateId" | "seedSetId" | "parameters">) {
  const { seedSetId, ...rest } = template;
  const startTestRun = useStartTestRun();
  const [testRunId, setTestRunId] = useState<string | null>(null);
  const { run, busy, error } = useAction();
  const testRun = useTestRun(testRunId);
  const start = (recordCount: number, budgetNanos: number) => {
    if (seedSetId === null) return;
    void run(async () => setTestRunId(await startTestRun({ ...rest, seedSetId, recordCount, budgetNanos })));
  };
  return { testRun, start, busy, error };
}

function TestRunState({ testRun }: { readonly testRun: TestRunFieldsFragment }) {
  const [label, tone] = STATES[testRun.status];
  const [spent, budget] = formatUsdApart(testRun.spentNanos, testRun.budgetNanos);
  return (
    <>
      <p className="row small" role="status">
        <Badge dot tone={tone}>
          {label}
        </Badge>
        <span className="number">
          {showCount(testRun.records.length)} of {showCounted(testRun.recordCount, "record")} · <strong>{spent}</strong>{" "}
          of {budget}
        </span>
      </p>
      {testRun.statusReason && (
        <Notice tone={testRun.status === "FAILED" ? "bad" : "warn"}>{testRun.statusReason}</Notice>
      )}
    </>
  );
}

const STATES = {
  RUNNING: ["Running", "live"],
  COMPLETED: ["Completed", "good"],
  FAILED: ["Failed", "bad"],
} as const;
