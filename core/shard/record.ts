/** A record in progress: slots, what models have answered for them so far, and the result. */
import type { Nanos } from "../money/money.ts";
import type { FailureDetails } from "./failure-details.ts";
import type { Drawn } from "../seeds/pick.ts";
import { hashOf } from "../random.ts";
import type { Step } from "../template/template.ts";

/**
 * Why a model was called: first, for a first answer; repair, after it was shown what is wrong with its answer; fallback, because
 * the previous models were unavailable; escalation, because the previous answers were not good enough.
 */
export type CallReason = "first" | "repair" | "fallback" | "escalation";

/** A call that was answered, and what it cost. */
export interface CompletedCall {
  readonly modelId: string;
  readonly reason: CallReason;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: Nanos;
}

/** One round of a step: an item of its loop, a repetition, or the whole step if it has neither. */
export interface OpenRound {
  readonly calls: CompletedCall[];
  /** The newest answer, until it is accepted; it may not have been validated yet. */
  latest?: { readonly text: string; readonly reasoning?: string; readonly stopReason: string };
  /** The accepted answer as prompts and columns see it; absent until there is one. */
  output?: unknown;
  /** What the model thought before that answer; absent if it did not, or if the template does not read it. */
  reasoning?: string;
}

/** A step whose `when` has been evaluated. A loop has all its rounds from the start, a repetition adds them one by one. */
export interface OpenStep {
  readonly rounds: OpenRound[];
  /** No more rounds follow; a skipped step has none. */
  end?: "done" | "skipped";
}

/** A slot that was started and is neither delivered nor failed. Tokens and cost cover all its attempts. */
export interface OpenSlot {
  readonly slot: number;
  /** From 0. */
  attempt: number;
  /** Attempts of earlier passes, in which the slot failed; absent when there are none. */
  readonly priorAttempts?: number;
  /** Consecutive calls without an answer, each charged its worst case. Kept here so that they survive a wait. */
  unansweredCalls: number;
  /** The steps of this attempt that have been started. */
  steps: Record<string, OpenStep>;
  inputTokens: number;
  outputTokens: number;
  costNanos: Nanos;
}

export interface RecordMeta {
  /** The model that gave each step's (last) answer. */
  readonly models: Readonly<Record<string, string>>;
  /** The calls of the steps that took more than one, or a fallback; absent when there are none. */
  readonly calls?: readonly RecordCall[];
  readonly tokens: { readonly input: number; readonly output: number };
  readonly costNanos: Nanos;
  /** What each pick drew. */
  readonly seeds: Readonly<Record<string, Drawn>>;
  readonly attempts: number;
}

/** A call in a record's provenance. `round` is zero-based. */
export interface RecordCall extends CompletedCall {
  readonly step: string;
  readonly round: number;
}

/** A record as parts store it. */
export interface DeliveredRecord {
  readonly slot: number;
  /** Of its first row, if its template makes several of a record. */
  readonly columns: Readonly<Record<string, unknown>>;
  readonly meta: RecordMeta;
  /** The columns of its further rows; absent if its template makes one row of a record. */
  readonly moreRows?: readonly Readonly<Record<string, unknown>>[];
}

/** A slot that failed. */
export interface FailedRecord {
  readonly slot: number;
  /** One sentence about its last attempt. */
  readonly reason: string;
  /** What many such reasons have in common: see core/shard/causes.ts. */
  readonly cause: string;
  /** What its last attempt asked a model, and the answer; absent when no call caused the failure. */
  readonly details?: FailureDetails;
  readonly meta: RecordMeta;
}

/** A finished record that a condition of its template rejected. */
export interface RejectedCandidate {
  readonly slot: number;
  /** From 0. */
  readonly attempt: number;
  /** One sentence. */
  readonly reason: string;
  readonly cause: string;
  readonly columns: Readonly<Record<string, unknown>>;
  /** See DeliveredRecord. */
  readonly moreRows?: DeliveredRecord["moreRows"];
  /** Of this attempt only. */
  readonly meta: Omit<RecordMeta, "attempts">;
}

/** A larger record, with all its rows, is rejected: it would not fit in a flush with others. */
export const MAX_RECORD_BYTES = 1_000_000;

export function newOpenSlot(slot: number): OpenSlot {
  return { slot, attempt: 0, unansweredCalls: 0, steps: {}, inputTokens: 0, outputTokens: 0, costNanos: 0 };
}

/** What is kept of a slot that failed in an earlier pass. */
export type EarlierFailure = Pick<RecordMeta, "attempts" | "tokens" | "costNanos">;

/** A retried slot: its attempts continue to count, so that it draws other seeds, and its cost so far is kept. */
export function reopenSlot(slot: number, { attempts, tokens, costNanos }: EarlierFailure): OpenSlot {
  const spent = { inputTokens: tokens.input, outputTokens: tokens.output, costNanos };
  return { ...newOpenSlot(slot), ...spent, attempt: attempts, priorAttempts: attempts };
}

/** Attempts in this pass, including the current one. */
export function attemptsInPass({ attempt, priorAttempts = 0 }: OpenSlot): number {
  return attempt + 1 - priorAttempts;
}

/** Whether a restart would lose work if this slot were dropped. */
export function hasProgress(open: OpenSlot): boolean {
  return open.attempt > 0 || open.costNanos > 0 || Object.keys(open.steps).length > 0;
}

export function isAccepted(round: OpenRound): boolean {
  return round.output !== undefined;
}

/** The value of `it.steps.ID`. */
export interface StepView {
  /** All outputs of a finished loop, otherwise the last one. Null when the step was skipped or has none yet. */
  readonly output: unknown;
  /** The outputs of all rounds so far. */
  readonly outputs: readonly unknown[];
  /** The model that answered last; null when none has. */
  readonly modelId: string | null;
  /** What the model thought before `output`, which is a list of the same length if `output` is that of a finished loop. */
  readonly reasoning: string | null | readonly (string | null)[];
}

/** A step without an answer: it was skipped, or has not started. */
export const NO_OUTPUT: StepView = { output: null, outputs: [], modelId: null, reasoning: null };

/** A step as prompts, conditions and columns see it. */
export function stepView(step: Step, state: OpenStep | undefined): StepView {
  if (!state) return NO_OUTPUT;
  const accepted = state.rounds.filter(isAccepted);
  const outputs = accepted.map(({ output }) => output);
  const thoughts = accepted.map(({ reasoning }) => reasoning ?? null);
  const modelId = state.rounds.flatMap(({ calls }) => calls).at(-1)?.modelId ?? null;
  if (step.forEach && state.end === "done") return { output: outputs, outputs, modelId, reasoning: thoughts };
  return { output: outputs.at(-1) ?? null, outputs, modelId, reasoning: thoughts.at(-1) ?? null };
}

export function metaOf(open: OpenSlot, seeds: Readonly<Record<string, Drawn>>): RecordMeta {
  const models: Record<string, string> = {};
  const calls: RecordCall[] = [];
  for (const [step, { rounds }] of Object.entries(open.steps)) {
    const ofStep = callsOf(step, rounds);
    const last = ofStep.at(-1);
    if (last) models[step] = last.modelId;
    if (ofStep.length > 1 || last?.reason === "fallback") calls.push(...ofStep);
  }
  return {
    models,
    ...(calls.length > 0 && { calls }),
    tokens: { input: open.inputTokens, output: open.outputTokens },
    costNanos: open.costNanos,
    seeds,
    attempts: open.attempt + 1,
  };
}

/** The provenance of the current attempt only. */
export function metaOfAttempt(open: OpenSlot, seeds: Readonly<Record<string, Drawn>>): RejectedCandidate["meta"] {
  const { models, calls } = metaOf(open, seeds);
  const answered = Object.values(open.steps).flatMap(({ rounds }) => rounds.flatMap((round) => round.calls));
  const sum = (of: (call: CompletedCall) => number) => answered.reduce((total, call) => total + of(call), 0);
  return {
    models,
    ...(calls && { calls }),
    tokens: { input: sum((call) => call.inputTokens), output: sum((call) => call.outputTokens) },
    costNanos: sum((call) => call.costNanos),
    seeds,
  };
}

function callsOf(step: string, rounds: readonly OpenRound[]): RecordCall[] {
  return rounds.flatMap(({ calls }, round) => calls.map((call) => ({ step, round, ...call })));
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A record's ULID: the timestamp of its job's id, sixty bits derived from the job, and twenty for the slot. So ids are unique
 * within a job by construction, sort like slots, and are the same whichever worker makes the record.
 */
export function recordId(jobId: string, slot: number): string {
  const job = [hashOf(jobId, "a"), hashOf(jobId, "b")].map((hash) => base32(hash, 6)).join("");
  return jobId.slice(0, 10).padEnd(10, "0") + job + base32(slot, 4);
}

/** The lowest `digits` × 5 bits of a number, in base 32. */
function base32(value: number, digits: number): string {
  let text = "";
  for (let rest = value; text.length < digits; rest = Math.floor(rest / 32))
    text = (CROCKFORD[rest % 32] ?? "0") + text;
  return text;
}
