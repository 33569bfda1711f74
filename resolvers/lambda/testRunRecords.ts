/** The records of a test run as its row stores them, truncated to fit in a message to watchers. */
import type { ObservedCall } from "../../worker/calls/call.ts";
import type { TestRunCall, TestRunRecord } from "../generated/schema.ts";
import { turnsOf } from "./renderRecord.ts";
import { truncateToFit, truncateText, truncateValue } from "./truncate.ts";

/** AppSync's messages to subscribers have at most 240 KB, and JSON within JSON grows. */
const MAX_BYTES = 160_000;
/** Only the first calls of a test run with long loops are shown. */
const MAX_CALLS = 120;
/** Longer texts would be truncated later anyway, and all of them are held in memory. */
const MAX_TEXT_CHARACTERS = 50_000;

export type StoredRecord = TestRunRecord & { readonly columns: unknown; readonly seeds: unknown };

/** A call in the schema's form. */
export function toTestRunCall(call: ObservedCall): TestRunCall {
  const { stepId, round, reason, modelId, system, answer, reasoning, problem } = call;
  const { inputTokens, outputTokens, costNanos } = call;
  return {
    ...{ stepId, round, reason, modelId, inputTokens, outputTokens, costNanos },
    system: truncateOrNull(system, MAX_TEXT_CHARACTERS),
    turns: turnsOf(call).map(({ role, text }) => ({ role, text: truncateText(text, MAX_TEXT_CHARACTERS) })),
    reasoning: truncateOrNull(reasoning, MAX_TEXT_CHARACTERS),
    answer: truncateOrNull(answer, MAX_TEXT_CHARACTERS),
    error: problem ?? null,
    latencyMs: Math.round(call.ms),
  };
}

/** The records as JSON text, and how many calls had to be omitted. */
export function encodeRecords(records: readonly StoredRecord[]): { text: string; omittedCalls: number } {
  const { kept, omittedCalls } = withFewerCalls(records);
  const shown = truncateToFit(MAX_BYTES, (most) => kept.map((record) => truncateRecord(record, most)));
  const text = JSON.stringify(shown);
  if (Buffer.byteLength(text) <= MAX_BYTES) return { text, omittedCalls };
  const bare = kept.map((record) => ({ ...record, ...TOO_LARGE, columns: record.columns && TOO_LARGE.seeds }));
  return { text: JSON.stringify(bare), omittedCalls: records.reduce((sum, { calls }) => sum + calls.length, 0) };
}

const TOO_LARGE = { seeds: { "…": "too large to show" }, calls: [] };

function withFewerCalls(records: readonly StoredRecord[]): { kept: StoredRecord[]; omittedCalls: number } {
  let remaining = MAX_CALLS;
  let omittedCalls = 0;
  const kept = records.map((record) => {
    const calls = record.calls.slice(0, remaining);
    remaining -= calls.length;
    omittedCalls += record.calls.length - calls.length;
    return { ...record, calls };
  });
  return { kept, omittedCalls };
}

function truncateRecord(record: StoredRecord, most: number): StoredRecord {
  return {
    ...record,
    columns: truncateValue(record.columns, most),
    failure: truncateOrNull(record.failure, most),
    rejection: truncateOrNull(record.rejection, most),
    seeds: truncateValue(record.seeds, most),
    calls: record.calls.map((call) => truncateCall(call, most)),
  };
}

function truncateCall(call: TestRunCall, most: number): TestRunCall {
  return {
    ...call,
    system: truncateOrNull(call.system, most),
    turns: lastTurns(call.turns, Math.max(2, Math.floor(most / 100))).map(({ role, text }) => ({
      role,
      text: truncateText(text, most),
    })),
    reasoning: truncateOrNull(call.reasoning, most),
    answer: truncateOrNull(call.answer, most),
    error: truncateOrNull(call.error, most),
  };
}

function lastTurns(turns: TestRunCall["turns"], count: number): TestRunCall["turns"] {
  const left = turns.length - count;
  return left > 0 ? [{ role: "user", text: `… (${left} earlier turns)` }, ...turns.slice(left)] : turns;
}

function truncateOrNull(text: string | null | undefined, most: number): string | null {
  return text == null ? null : truncateText(text, most);
}
