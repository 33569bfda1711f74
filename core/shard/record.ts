/** A record on its way: slots, what models have answered for them so far, and what comes out of it. */
import type { Nanos } from "../money/money.ts";
import type { FailureDetails } from "./failure-details.ts";
import type { Drawn } from "../seeds/pick.ts";
import { hashOf } from "../random.ts";
import type { Step } from "../template/template.ts";

/**
 * Why a model was called: first, to answer at all; repair, after it was shown what is wrong with its answer; fallback, because
 * the models before it could not be reached; escalation, because the answers before were not good enough.
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

/** One round of a step: an item of its loop, a repetition, or the whole of a step that has neither. */
export interface OpenRound {
  readonly calls: CompletedCall[];
  /** The newest answer, until it is accepted: it may not have been judged yet. */
  latest?: { readonly text: string; readonly stopReason: string };
  /** What prompts and columns see of the answer that was accepted; absent until one is. */
  output?: unknown;
}

/** A step of which at least `when` is known. A loop's rounds are all there from the start, a repetition's come one by one. */
export interface OpenStep {
  readonly rounds: OpenRound[];
  /** No more rounds come; a skipped step has none. */
  end?: "done" | "skipped";
}

/** A slot that was begun and is neither delivered nor failed. Tokens and cost count all its attempts. */
export interface OpenSlot {
  readonly slot: number;
  /** From 0. */
  attempt: number;
  /** Attempts of the passes before this one, in which the slot was given up; absent when there are none. */
  readonly priorAttempts?: number;
  /** Calls in a row that got no answer, each paid at its worst. Counted here, so that waiting forgets none. */
  unansweredCalls: number;
  /** The steps of this attempt, as far as they were begun. */
  steps: Record<string, OpenStep>;
  inputTokens: number;
  outputTokens: number;
  costNanos: Nanos;
}

export interface RecordMeta {
  /** The model that gave each step's answer, or its last one. */
  readonly models: Readonly<Record<string, string>>;
  /** The calls of those steps that took more than one, or another model than their own; absent when there are none. */
  readonly calls?: readonly RecordCall[];
  readonly tokens: { readonly input: number; readonly output: number };
  readonly costNanos: Nanos;
  /** What each pick drew. */
  readonly seeds: Readonly<Record<string, Drawn>>;
  readonly attempts: number;
}

/** A call in a record's provenance. `round` counts from 0. */
export interface RecordCall extends CompletedCall {
  readonly step: string;
  readonly round: number;
}

/** A record as parts keep it. */
export interface DeliveredRecord {
  readonly slot: number;
  readonly columns: Readonly<Record<string, unknown>>;
  readonly meta: RecordMeta;
}

/** A slot that was given up. */
export interface FailedRecord {
  readonly slot: number;
  /** Of its last attempt, one sentence. */
  readonly reason: string;
  /** What many such sentences have in common: see core/shard/causes.ts. */
  readonly cause: string;
  /** What its last attempt asked a model, and what came; absent when no call was to blame. */
  readonly details?: FailureDetails;
  readonly meta: RecordMeta;
}

/** A finished record that a condition of its template did not accept. */
export interface RejectedCandidate {
  readonly slot: number;
  /** From 0. */
  readonly attempt: number;
  /** One sentence. */
  readonly reason: string;
  readonly cause: string;
  readonly columns: Readonly<Record<string, unknown>>;
  /** Of this attempt alone. */
  readonly meta: Omit<RecordMeta, "attempts">;
}

/** A record larger than this is refused: it would not fit beside others in a flush. */
export const MAX_RECORD_BYTES = 1_000_000;

export function newOpenSlot(slot: number): OpenSlot {
  return { slot, attempt: 0, unansweredCalls: 0, steps: {}, inputTokens: 0, outputTokens: 0, costNanos: 0 };
}

/** What is remembered of a slot that an earlier pass gave up. */
export type EarlierFailure = Pick<RecordMeta, "attempts" | "tokens" | "costNanos">;

/** A slot taken up again: its attempts go on, so that it draws other seeds, and what it cost so far is not forgotten. */
export function reopenSlot(slot: number, { attempts, tokens, costNanos }: EarlierFailure): OpenSlot {
  const spent = { inputTokens: tokens.input, outputTokens: tokens.output, costNanos };
  return { ...newOpenSlot(slot), ...spent, attempt: attempts, priorAttempts: attempts };
}

/** Attempts in this pass, the present one included. */
export function attemptsInPass({ attempt, priorAttempts = 0 }: OpenSlot): number {
  return attempt + 1 - priorAttempts;
}

/** Whether a restart would lose something if this slot were forgotten. */
export function hasProgress(open: OpenSlot): boolean {
  return open.attempt > 0 || open.costNanos > 0 || Object.keys(open.steps).length > 0;
}

export function isAccepted(round: OpenRound): boolean {
  return round.output !== undefined;
}

/** What `it.steps.ID` is. */
export interface StepView {
  /** Of a loop that is over, all outputs; else the last. Null when the step was skipped or has none yet. */
  readonly output: unknown;
  /** Those of all its rounds so far. */
  readonly outputs: readonly unknown[];
  /** The model that answered last; null when none did. */
  readonly modelId: string | null;
}

/** A step that has no answer: it was skipped, or has not begun. */
export const NO_OUTPUT: StepView = { output: null, outputs: [], modelId: null };

/** A step as prompts, conditions and columns see it. */
export function stepView(step: Step, state: OpenStep | undefined): StepView {
  if (!state) return NO_OUTPUT;
  const outputs = state.rounds.filter(isAccepted).map(({ output }) => output);
  const modelId = state.rounds.flatMap(({ calls }) => calls).at(-1)?.modelId ?? null;
  if (step.forEach && state.end === "done") return { output: outputs, outputs, modelId };
  return { output: outputs.at(-1) ?? null, outputs, modelId };
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

/** The provenance of the attempt in hand alone: what its answers took. */
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
 * A record's ULID: the time of its job's, sixty bits that stand for the job, and twenty for the slot. So ids are distinct
 * within a job by construction, sort like slots, and come out the same whoever makes the record.
 */
export function recordId(jobId: string, slot: number): string {
  const job = [hashOf(jobId, "a"), hashOf(jobId, "b")].map((hash) => base32(hash, 6)).join("");
  return jobId.slice(0, 10).padEnd(10, "0") + job + base32(slot, 4);
}

/** The lowest `digits` × 5 bits of a number. */
function base32(value: number, digits: number): string {
  let text = "";
  for (let rest = value; text.length < digits; rest = Math.floor(rest / 32))
    text = (CROCKFORD[rest % 32] ?? "0") + text;
  return text;
}
