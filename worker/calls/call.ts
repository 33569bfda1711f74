/** One model call: inside its reservation, repeated while that may help, by another model if need be, charged what it cost. */
import { findModel } from "#core/models/models";
import { priceOf, type Nanos } from "#core/money/money";
import type { Reservation } from "#core/money/budget";
import { answerSchemaOf } from "#core/template/output";
import type { ExpectedUsage, LimitedCall } from "#core/models/adaptive-limit";
import type { CompletedCall, CallReason, OpenRound, OpenSlot } from "#core/shard/record";
import type { PaidCall } from "#core/money/spending";
import type { Step } from "#core/template/template";
import { callBound } from "#core/template/bound";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import { ModelError, sleep, type ModelAnswer, type ModelRequest, type Ports } from "../ports.ts";
import type { ModelCooldowns } from "./model-cooldowns.ts";
import { bytesOf, type RenderedStep } from "../sandbox/prompts.ts";
import { AbortSource, type Signal } from "../signal.ts";

/** Full jitter: from nothing up to this, doubled with each try. */
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 20_000;
/** In all some minutes of patience with a service that answers nothing but errors. */
const MAX_CALL_ATTEMPTS = 20;
/** A model that kept one call waiting for so long is left for the next of its step's, if there is one. */
const FALLBACK_AFTER_MS = 30_000;
/** A call without an answer is paid as if it had got the longest one. */
const MAX_UNANSWERED = 3;

/** What the calls of one worker, or of one shard, share. */
export interface CallContext {
  readonly ports: Pick<Ports, "model" | "clock" | "random">;
  /** Limits the calls in flight. */
  readonly limiter: ConcurrencyLimiter;
  /** Remembers which models are out of reach. */
  readonly cooldowns: ModelCooldowns;
  readonly callTimeoutMs: number;
  /** Aborted: no call may begin or go on. */
  readonly aborting: Signal;
  /** Aborted: no call may begin; those in flight may finish. Aborted with `aborting` too. */
  readonly stopping: Signal;
  /** Resolves once a call may begin under the lease, or when it never may again. */
  untilLeaseFresh(): Promise<void>;
  /** A call was paid. */
  onCharged(call: PaidCall): void;
  /** A restart would lose something that is not written yet. */
  onProgress(): void;
  /** A call was paid, or its model given up. Told after its answer was judged. */
  onCall?(call: ObservedCall): void;
}

/** A call with all that was sent and all that came. */
export interface ObservedCall extends CompletedCall, RenderedStep {
  readonly stepId: string;
  /** From 0: the item of a loop, or the round of a repetition. */
  readonly round: number;
  /** Absent when none came. */
  readonly answer?: string;
  /** What was wrong with it, in a sentence; absent when nothing was. */
  readonly problem?: string;
  /** From request to answer. */
  readonly ms: number;
}

/** The worker stops, or the attempt is over: the slot stays open. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** What is reserved no longer covers the call: the slot waits until more is. */
export class ReservationTooSmall extends Error {
  override readonly name = "NotCovered";
}

export interface CallOptions {
  readonly step: Step;
  /** The number of the round, and what is known of it. */
  readonly n: number;
  readonly round: OpenRound;
  readonly reason: CallReason;
  /** In the order of preference. */
  readonly models: readonly string[];
  readonly rendered: RenderedStep;
  readonly attempt: AttemptState;
}

/** What is the same for all calls of an attempt. */
export interface AttemptState {
  readonly open: OpenSlot;
  readonly reservation: Reservation;
  /** The worst case of all that the slot has still to do, a call that is about to begin included. */
  readonly remainingBoundNanos: () => Nanos;
  /** Aborted: another call of the attempt has failed for good, and no call may begin. */
  readonly cancelled: Signal;
}

/**
 * Calls a model, charges the slot, and notes call and answer in the round, all at the same instant: what a checkpoint holds is
 * never half of it.
 * @returns what to tell an observer once the answer is judged
 * @throws Stopped, NotCovered, ModelError (the slot fails)
 */
export async function callModel(context: CallContext, order: CallOptions): Promise<Omit<ObservedCall, "problem">> {
  const { clock } = context.ports;
  const models = context.cooldowns.availableFirst(order.models, clock.monotonicMs());
  for (const [n, modelId] of models.entries()) {
    const isLast = n === models.length - 1;
    try {
      return await callWithRetries(context, order, modelId, isLast);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      if (error.kind !== "unclear") tell(context, order, modelId, { problem: error.message, ms: 0 });
      if (isLast || error.kind === "unclear" || error.kind === "invalid") throw error;
      context.cooldowns.coolDown(modelId, error.kind, clock.monotonicMs());
    }
  }
  throw new Error(`The step "${order.step.id}" has no model.`);
}

async function callWithRetries(context: CallContext, order: CallOptions, modelId: string, isLast: boolean) {
  const { step, rendered } = order;
  const { reservation, open, remainingBoundNanos, cancelled } = order.attempt;
  const { clock } = context.ports;
  const worst = callBound(step, modelId, bytesOf(rendered));
  const request = requestOf(step, modelId, rendered);
  const size = { bytes: worst.inputTokens, maxTokens: step.maxTokens };
  for (let tries = 1, waitedMs = 0; ; tries++) {
    const permit = await beginCall(context, order.attempt, modelId, size);
    try {
      const answer = await inPlace(context, modelId, permit, withTimeout(context, request));
      const spent = spentOn(modelId, answer, worst);
      const call = { modelId, reason: reasonOf(order, modelId), ...spent };
      // Noted even if the charge breaks its bounds: it was made.
      order.round.calls.push(call);
      order.round.latest = { text: answer.text, stopReason: answer.stopReason };
      open.unansweredCalls = 0;
      charge(context, order, { modelId, ...spent }, worst.costNanos);
      context.limiter.onSuccess(modelId, permit);
      const ms = clock.monotonicMs() - permit.startedAtMs;
      return { stepId: step.id, round: order.n, ...rendered, ...call, answer: answer.text, ms };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const nowMs = clock.monotonicMs();
      if (error.kind === "unclear") {
        const { inputTokens, outputTokens, costNanos } = worst;
        charge(context, order, { modelId, inputTokens, outputTokens, costNanos: costNanos }, costNanos);
        tell(context, order, modelId, { problem: error.message, ms: nowMs - permit.startedAtMs, worst });
      }
      if (error.kind === "throttled") context.limiter.onThrottled(modelId, permit, error.retryAfterMs);
      if (context.stopping.aborted) throw new Stopped();
      if (error.kind === "unclear") open.unansweredCalls += 1;
      if (error.kind === "hopeless" || error.kind === "invalid") throw error;
      if (tries === MAX_CALL_ATTEMPTS || open.unansweredCalls >= MAX_UNANSWERED) throw error;
      if (!isLast && waitedMs + (error.retryAfterMs ?? 0) >= FALLBACK_AFTER_MS) throw error;
      waitedMs += await backOff(context, cancelled, tries, error.retryAfterMs);
      if (reservation.remainingNanos < remainingBoundNanos()) throw new ReservationTooSmall();
    }
  }
}

/** Waits until a call may begin. @returns its place among the calls of the model */
async function beginCall(
  context: CallContext,
  { reservation, cancelled, remainingBoundNanos }: AttemptState,
  modelId: string,
  size: ExpectedUsage,
): Promise<LimitedCall> {
  const { limiter, stopping } = context;
  const place = await limiter.acquireCall(modelId, size, stopping, cancelled);
  if (!place) throw new Stopped();
  try {
    await context.untilLeaseFresh();
    if (stopping.aborted || cancelled.aborted) throw new Stopped();
    if (reservation.remainingNanos < remainingBoundNanos()) throw new ReservationTooSmall();
  } catch (error) {
    limiter.releaseCall(modelId, place, NOTHING_USED);
    throw error;
  }
  return place;
}

const NOTHING_USED = { inputTokens: 0, outputTokens: 0 };

/** The place is left as soon as there is an answer, or a fault. */
async function inPlace(
  { limiter }: CallContext,
  modelId: string,
  place: LimitedCall,
  call: Promise<ModelAnswer>,
): Promise<ModelAnswer> {
  let answer: ModelAnswer | undefined;
  try {
    return (answer = await call);
  } finally {
    limiter.releaseCall(modelId, place, answer?.usage);
  }
}

type Worst = ReturnType<typeof callBound>;
type Spent = Pick<CompletedCall, "inputTokens" | "outputTokens" | "costNanos">;

function spentOn(modelId: string, { usage }: ModelAnswer, worst: Worst): Spent {
  if (!usage) return { inputTokens: worst.inputTokens, outputTokens: worst.outputTokens, costNanos: worst.costNanos };
  const model = findModel(modelId);
  if (!model) throw new Error(`The model "${modelId}" has no known price; the template should have been refused.`);
  return { ...usage, costNanos: priceOf(model, usage.inputTokens, usage.outputTokens) };
}

function charge(
  context: CallContext,
  { attempt: { reservation, open }, step }: CallOptions,
  spent: Spent & { readonly modelId: string },
  worst: Nanos,
): void {
  open.costNanos += spent.costNanos;
  open.inputTokens += spent.inputTokens;
  open.outputTokens += spent.outputTokens;
  context.onCharged({ stepId: step.id, ...spent });
  context.onProgress();
  reservation.charge(spent.costNanos, worst);
}

/** A first call that another model had to answer is a fallback. */
function reasonOf({ reason, models }: CallOptions, modelId: string): CallReason {
  return reason === "first" && modelId !== models[0] ? "fallback" : reason;
}

/** Tells of a call without an answer; `worst` when it had to be paid. */
function tell(
  context: CallContext,
  order: CallOptions,
  modelId: string,
  { problem, ms, worst }: { problem: string; ms: number; worst?: Worst },
): void {
  const paid = { inputTokens: worst?.inputTokens ?? 0, outputTokens: worst?.outputTokens ?? 0 };
  const call = { modelId, reason: reasonOf(order, modelId), ...paid, costNanos: worst?.costNanos ?? 0 };
  context.onCall?.({ stepId: order.step.id, round: order.n, ...order.rendered, ...call, problem, ms });
}

function requestOf(step: Step, modelId: string, rendered: RenderedStep): ModelRequest {
  const { maxTokens, temperature, topP, stop, output } = step;
  return { modelId, ...rendered, maxTokens, temperature, topP, stop, schema: answerSchemaOf(output) };
}

async function withTimeout(context: CallContext, request: ModelRequest): Promise<ModelAnswer> {
  const call = new AbortSource();
  const abort = () => call.abort();
  const cancel = context.ports.clock.after(context.callTimeoutMs, abort);
  context.aborting.addEventListener("abort", abort);
  try {
    return await context.ports.model.converse(request, call);
  } finally {
    cancel();
    context.aborting.removeEventListener("abort", abort);
  }
}

/**
 * `retryAfterMs`: the service said how long. The gate lets no call of the model begin before, and so many as were borne then.
 * @returns how long it waits at most
 */
async function backOff(
  { ports }: CallContext,
  over: Signal,
  tries: number,
  retryAfterMs: number | undefined,
): Promise<number> {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
  const waitMs = longest * ports.random();
  await sleep(ports.clock, waitMs, over);
  return waitMs;
}
