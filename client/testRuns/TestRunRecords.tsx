import { formatUsd } from "#core/money/money";
import { Turn, Turns } from "../templates/Turns.tsx";
import type { TestRunFieldsFragment } from "../generated/documents.ts";
import { useModelName } from "../templates/useModels.ts";
import { Badge } from "../ui/Badge.tsx";
import { showCount, showCounted } from "../ui/format.ts";
import { Notice } from "../ui/States.tsx";

type TestRunRecord = TestRunFieldsFragment["records"][number];
type TestRunCall = TestRunRecord["calls"][number];

/** The records of a test run, each with its calls. */
export function TestRunRecords({ records }: { readonly records: readonly TestRunRecord[] }) {
  return (
    <ol className="stack">
      {records.map((record) => (
        <li key={record.recordNo} className="stack-tight test-run-record">
          <div className="row-between">
            <h3>Record {record.recordNo + 1}</h3>
            <span className="small faint number">
              {showCounted(record.calls.length, "call")} · {formatUsd(record.costNanos)}
            </span>
          </div>
          {record.failure && <Notice tone="bad">{record.failure}</Notice>}
          {record.rejection && <Notice tone="warn">{record.rejection} A job would regenerate this record.</Notice>}
          {record.columns !== null && <Columns json={record.columns} />}
          <ul className="stack-tight">
            {record.calls.map((call, index) => (
              <li key={index}>
                <Call call={call} />
              </li>
            ))}
          </ul>
          <details className="small">
            <summary>Sampled seeds</summary>
            <pre className="plain-code">{JSON.stringify(JSON.parse(record.seeds), null, 2)}</pre>
          </details>
        </li>
      ))}
    </ol>
  );
}

function Columns({ json }: { readonly json: string }) {
  const columns = JSON.parse(json) as RowColumns | readonly RowColumns[];
  if (!isRows(columns)) return <Row columns={columns} />;
  return (
    <ol className="stack-tight" aria-label="Rows">
      {columns.map((row, n) => (
        <li key={n}>
          <Row columns={row} />
        </li>
      ))}
    </ol>
  );
}

type RowColumns = Readonly<Record<string, unknown>>;

function isRows(columns: RowColumns | readonly RowColumns[]): columns is readonly RowColumns[] {
  return Array.isArray(columns);
}

function Row({ columns }: { readonly columns: RowColumns }) {
  return (
    <dl className="test-run-columns">
      {Object.entries(columns).map(([name, value]) => (
        <div key={name} className="record-column">
          <dt>{name}</dt>
          <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Call({ call }: { readonly call: TestRunCall }) {
  const modelName = useModelName();
  return (
    <details className="call">
      <summary>
        <span className="mono">{call.stepId}</span>
        {call.round > 0 && <span className="small faint"> call {showCount(call.round + 1)}</span>}
        {call.reason !== "first" && (
          <>
            {" "}
            <Badge tone="warn">{REASONS[call.reason] ?? call.reason}</Badge>
          </>
        )}
        <span className="small faint number call-numbers">
          {showCount(call.inputTokens)} tokens in · {showCount(call.outputTokens)} out · {formatUsd(call.costNanos)} ·{" "}
          {showCount(call.latencyMs)} ms
        </span>
      </summary>
      <div className="stack-tight">
        <p className="small faint">
          {modelName(call.modelId)} <span className="mono">{call.modelId}</span>
        </p>
        <Turns system={call.system} turns={call.turns} />
        {call.reasoning !== null && (
          <div className="turns">
            <Turn speaker="Reasoning" text={call.reasoning} />
          </div>
        )}
        {call.answer !== null && (
          <div className="turns turns-answer">
            <Turn speaker="Response" text={call.answer} />
          </div>
        )}
        {call.error && <Notice tone="warn">{call.error}</Notice>}
      </div>
    </details>
  );
}

/** Why a call was made after the first. */
const REASONS: Readonly<Record<string, string>> = {
  repair: "repair",
  fallback: "fallback model",
  escalation: "escalated",
};
