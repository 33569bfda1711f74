/** A record on its way: slots, what their steps have answered so far, and what comes out of them. */
import type { Nanos } from "./money.ts";
import type { Picked } from "./pick.ts";
import { hashOf } from "./random.ts";

/** What a finished step answered; `output` is null when it was skipped. */
export interface StepDone {
  readonly output: unknown;
  readonly modelId?: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: Nanos;
}

/** A slot that was begun and is neither delivered nor failed. Tokens and cost count all its attempts. */
export interface OpenSlot {
  readonly slot: number;
  /** From 0. */
  attempt: number;
  /** Calls of the present step that got no answer, each paid at its worst. Counted here, so that waiting forgets none. */
  unanswered: number;
  /** The finished steps of this attempt. */
  steps: Record<string, StepDone>;
  inputTokens: number;
  outputTokens: number;
  costNanos: Nanos;
}

export interface RecordMeta {
  /** The model of each step that called one. */
  readonly models: Readonly<Record<string, string>>;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly costNanos: Nanos;
  /** The item each pick drew. */
  readonly seeds: Readonly<Record<string, Picked>>;
  readonly attempts: number;
}

/** A record as parts keep it. */
export interface MadeRecord {
  readonly slot: number;
  readonly columns: Readonly<Record<string, unknown>>;
  readonly meta: RecordMeta;
}

/** A slot that was given up. */
export interface FailedRecord {
  readonly slot: number;
  /** One sentence. */
  readonly reason: string;
  readonly meta: RecordMeta;
}

/** A slot is given up after this many attempts whose outputs could not be used. */
export const MAX_ATTEMPTS = 3;
/** A record larger than this is refused: it would not fit beside others in a flush. */
export const MAX_RECORD_BYTES = 1_000_000;

export function openSlot(slot: number): OpenSlot {
  return { slot, attempt: 0, unanswered: 0, steps: {}, inputTokens: 0, outputTokens: 0, costNanos: 0 };
}

/** Whether a restart would lose something if this slot were forgotten. */
export function isWorthKeeping(open: OpenSlot): boolean {
  return open.attempt > 0 || open.costNanos > 0 || Object.keys(open.steps).length > 0;
}

export function metaOf(open: OpenSlot, seeds: Readonly<Record<string, Picked>>): RecordMeta {
  const models = Object.entries(open.steps).flatMap(([id, { modelId }]) => (modelId ? [[id, modelId] as const] : []));
  return {
    models: Object.fromEntries(models),
    tokens: { input: open.inputTokens, output: open.outputTokens },
    costNanos: open.costNanos,
    seeds,
    attempts: open.attempt + 1,
  };
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
