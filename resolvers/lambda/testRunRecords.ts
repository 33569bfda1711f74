/** The records of a try as its row keeps them: everything that can be looked at, shortened so that watchers can be told. */
import type { ObservedCall } from "../../worker/calls/call.ts";
import type { TestRunCall, TestRunRecord } from "../generated/schema.ts";
import { turnsOf } from "./renderRecord.ts";
import { fitted, shortText, shortValue } from "./truncate.ts";

/** AppSync tells watchers 240 KB at most, and JSON within JSON grows. */
const MAX_BYTES = 160_000;
/** Of a try with long loops the first calls are shown. */
const MAX_CALLS = 120;
/** Longer texts would be cut later in any case, and all of them are in memory. */
const MAX_TEXT_CHARACTERS = 50_000;

export type Record = TestRunRecord & { readonly columns: unknown; readonly seeds: unknown };

/** A call as the schema has it. */
export function toTestRunCall(call: ObservedCall): TestRunCall {
  const { stepId, round, reason, modelId, system, answer, problem, inputTokens, outputTokens, costNanos } = call;
  return {
    ...{ stepId, round, reason, modelId, inputTokens, outputTokens, costNanos },
    system: shortOrNull(system, MAX_TEXT_CHARACTERS),
    turns: turnsOf(call).map(({ role, text }) => ({ role, text: shortText(text, MAX_TEXT_CHARACTERS) })),
    answer: shortOrNull(answer, MAX_TEXT_CHARACTERS),
    error: problem ?? null,
    latencyMs: Math.round(call.ms),
  };
}

/** The records as JSON text, and how many calls had to be left out. */
export function encodeRecords(records: readonly Record[]): { text: string; callsLeftOut: number } {
  const { kept, callsLeftOut } = withFewerCalls(records);
  const shown = fitted(MAX_BYTES, (most) => kept.map((record) => shortRecord(record, most)));
  const text = JSON.stringify(shown);
  if (Buffer.byteLength(text) <= MAX_BYTES) return { text, callsLeftOut };
  const bare = kept.map((record) => ({ ...record, ...TOO_LARGE, columns: record.columns && TOO_LARGE.seeds }));
  return { text: JSON.stringify(bare), callsLeftOut: records.reduce((sum, { calls }) => sum + calls.length, 0) };
}

const TOO_LARGE = { seeds: { "…": "too large to be shown" }, calls: [] };

function withFewerCalls(records: readonly Record[]): { kept: Record[]; callsLeftOut: number } {
  let room = MAX_CALLS;
  let callsLeftOut = 0;
  const kept = records.map((record) => {
    const calls = record.calls.slice(0, room);
    room -= calls.length;
    callsLeftOut += record.calls.length - calls.length;
    return { ...record, calls };
  });
  return { kept, callsLeftOut };
}

function shortRecord(record: Record, most: number): Record {
  return {
    ...record,
    columns: shortValue(record.columns, most),
    failure: shortOrNull(record.failure, most),
    rejection: shortOrNull(record.rejection, most),
    seeds: shortValue(record.seeds, most),
    calls: record.calls.map((call) => shortCall(call, most)),
  };
}

function shortCall(call: TestRunCall, most: number): TestRunCall {
  return {
    ...call,
    system: shortOrNull(call.system, most),
    turns: lastTurns(call.turns, Math.max(2, Math.floor(most / 100))).map(({ role, text }) => ({
      role,
      text: shortText(text, most),
    })),
    answer: shortOrNull(call.answer, most),
    error: shortOrNull(call.error, most),
  };
}

function lastTurns(turns: TestRunCall["turns"], count: number): TestRunCall["turns"] {
  const left = turns.length - count;
  return left > 0 ? [{ role: "user", text: `… (${left} earlier turns)` }, ...turns.slice(left)] : turns;
}

function shortOrNull(text: string | null | undefined, most: number): string | null {
  return text == null ? null : shortText(text, most);
}
