/** One model call: within its reservation, retried while that may help, on a fallback model if need be, charged what it cost. */
import { findModel } from "#core/models/models";
import { callTimeLimitMs } from "#core/models/time-limit";
import { priceOf, type Nanos } from "#core/money/money";
import { CostBoundExceeded, type Reservation } from "#core/money/budget";
import { answerSchemaOf } from "#core/template/output";
import type { ExpectedUsage, LimitedCall } from "#core/models/adaptive-limit";
import type { CompletedCall, CallReason, OpenRound, OpenSlot } from "#core/shard/record";
import type { PaidCall } from "#core/money/spending";
import type { Step } from "#core/template/template";
import { callBound } from "#core/template/bound";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import { ModelError, sleep, type ModelAnswer, type ModelRequest, type Ports } from "../ports.ts";
import type { ModelCooldowns } from "./model-cooldowns.ts";
import type { ModelHealth } from "./model-health.ts";
import type { ModelPaces } from "./model-paces.ts";
import { overrunOf, type Overrun } from "./overruns.ts";
import { bytesOf, type RenderedStep } from "../sandbox/prompts.ts";
import { AbortSource, type Signal } from "../signal.ts";

/** Full jitter: between 0 and this, which doubles with each attempt. */
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 20_000;
/** A model that keeps one call waiting this long is replaced by the step's next fallback, if there is one. */
const FALLBACK_AFTER_MS = 30_000;
/** Few, because a call without an answer is charged as if it had got the longest one. */
const MAX_UNANSWERED = 3;

/** What the calls of one worker, or of one shard, share. */
export interface CallContext {
  readonly ports: Pick<Ports, "model" | "clock" | "random">;
  /** Limits the calls in flight. */
  readonly limiter: ConcurrencyLimiter;
  /** Remembers which models are unavailable. */
  readonly cooldowns: ModelCooldowns;
  /** Remembers how slow models are: a call's time limit depends on it. */
  readonly paces: ModelPaces;
  /** Remembers which models do not answer. While none of a model's calls succeeds, its calls are retried for longer. */
  readonly health?: ModelHealth;
  /** How often a call is attempted otherwise. */
  readonly maxCallAttempts: number;
  /** Aborted: calls in flight are aborted, and none may start. */
  readonly aborting: Signal;
  /** Aborted: no call may start; those in flight may finish. Aborted with `aborting` too. */
  readonly stopping: Signal;
  /** Resolves once a call may start under the lease, or never may again. */
  untilLeaseFresh(): Promise<void>;
  /** A model's server counted more tokens than a call may have. */
  onOverrun?(overrun: Overrun): void;
  /** Draws what an overrun left without cover. @returns how much of it the budget has paid */
  drawFromBudget?(nanos: Nanos, overrun: Overrun): Promise<Nanos>;
  /** A call was charged. */
  onCharged(call: PaidCall): void;
  /** An answer that was not quite what was asked for could be used without a repair. */
  onMended?(): void;
  /** There is progress that no checkpoint holds yet. */
  onProgress(): void;
  /** A call was charged, or its model abandoned. Called once the answer has been judged. */
  onCall?(call: ObservedCall): void;
}

/** A call with everything sent and received. */
export interface ObservedCall extends CompletedCall, RenderedStep {
  readonly stepId: string;
  /** From 0: the item of a `forEach`, or the round of a `repeat`. */
  readonly round: number;
  /** Absent if none came. */
  readonly answer?: string;
  /** What the model thought before it answered; absent if it did not. */
  readonly reasoning?: string;
  /** What was wrong with it, in one sentence; absent if nothing was. */
  readonly problem?: string;
  /** From request to answer. */
  readonly ms: number;
}

/** The worker is stopping, or the attempt is over: the slot stays open. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** The reservation no longer covers the call: the slot waits for a larger one. */
export class ReservationTooSmall extends Error {
  override readonly name = "ReservationTooSmall";
}

export interface CallOptions {
  readonly step: Step;
  /** The round's number and state. */
  readonly n: number;
  readonly round: OpenRound;
  readonly reason: CallReason;
  /** In the order of preference. */
  readonly models: readonly string[];
  readonly rendered: RenderedStep;
  readonly attempt: AttemptState;
}

/** What all calls of an attempt share. */
export interface AttemptState {
  readonly open: OpenSlot;
  readonly reservation: Reservation;
  /** The worst case of everything the slot still has to do, including a call about to start. */
  readonly remainingBoundNanos: () => Nanos;
  /** Aborted: another call of the attempt has failed permanently, and no call may start. */
  readonly cancelled: Signal;
  /** The latest call that cost more than its worst case: what is reserved may no longer cover the others. */
  overrun?: Overrun;
}

/**
 * Calls a model, charges the slot, and adds call and answer to the round, all in the same tick, so that no checkpoint holds only
 * half of it.
 * @returns what to pass to `onCall` once the answer has been judged
 * @throws Stopped, ReservationTooSmall, ModelError (the slot fails)
 */
export async function callModel(context: CallContext, options: CallOptions): Promise<Omit<ObservedCall, "problem">> {
  const { clock } = context.ports;
  const models = context.cooldowns.availableFirst(options.models, clock.monotonicMs());
  for (const [n, modelId] of models.entries()) {
    const isLast = n === models.length - 1;
    try {
      return await callWithRetries(context, options, modelId, isLast);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      if (error.kind !== "unclear")
        reportUnanswered(
          context,
          options,
          { modelId, ...NOTHING_USED, costNanos: 0 },
          { problem: error.message, ms: 0 },
        );
      if (isLast || error.kind === "unclear" || error.kind === "invalid") throw error;
      context.cooldowns.coolDown(modelId, error.kind, clock.monotonicMs());
    }
  }
  throw new Error(`The step "${options.step.id}" has no model.`);
}

async function callWithRetries(context: CallContext, options: CallOptions, modelId: string, isLast: boolean) {
  const { step, rendered } = options;
  const { reservation, open, remainingBoundNanos, cancelled } = options.attempt;
  const { clock } = context.ports;
  const worst = callBound(step, modelId, bytesOf(rendered));
  const request = requestOf(step, modelId, rendered);
  const size = { bytes: worst.inputTokens, maxTokens: step.maxTokens };
  for (let attempts = 1, waitedMs = 0; ; attempts++) {
    const permit = await acquirePermit(context, options.attempt, modelId, size);
    try {
      const answer = await converse(context, request, permit, open.unansweredCalls);
      const spent = spentOn(modelId, answer, worst);
      const overrun = overrunOf(modelId, answer, worst, spent.costNanos);
      if (overrun) options.attempt.overrun = overrun;
      const call = { modelId, reason: reasonOf(options, modelId), ...spent };
      options.round.calls.push(call);
      const { text, reasoning, stopReason } = answer;
      options.round.latest = { text, ...(reasoning && { reasoning }), stopReason };
      open.unansweredCalls = 0;
      if (overrun) context.onOverrun?.(overrun);
      context.limiter.onSuccess(modelId, permit);
      context.health?.onAnswered(modelId);
      await pay(context, options, call);
      if (!overrun && spent.costNanos > worst.costNanos) throw new CostBoundExceeded(spent.costNanos, worst.costNanos);
      const ms = clock.monotonicMs() - permit.startedAtMs;
      return { stepId: step.id, round: options.n, ...rendered, ...call, answer: text, reasoning, ms };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const nowMs = clock.monotonicMs();
      if (error.kind === "unclear") {
        const { inputTokens, outputTokens, costNanos } = worst;
        const call = { modelId, inputTokens, outputTokens, costNanos };
        await pay(context, options, call);
        reportUnanswered(context, options, call, { problem: error.message, ms: nowMs - permit.startedAtMs });
      }
      if (error.kind !== "invalid") context.health?.onFailed(modelId, error.message, nowMs);
      if (error.kind === "throttled") context.limiter.onThrottled(modelId, permit, error.retryAfterMs);
      if (context.stopping.aborted) throw new Stopped();
      if (error.kind === "unclear") open.unansweredCalls += 1;
      if (error.kind === "inaccessible" || error.kind === "invalid") throw error;
      if (open.unansweredCalls >= MAX_UNANSWERED) throw error;
      const isOutage = isLast && context.health?.isWorthWaiting(modelId, nowMs);
      if (attempts >= context.maxCallAttempts && !isOutage) throw error;
      if (!isLast && waitedMs + (error.retryAfterMs ?? 0) >= FALLBACK_AFTER_MS) throw error;
      waitedMs += await backOff(context, cancelled, attempts, error.retryAfterMs);
      if (reservation.remainingNanos < remainingBoundNanos()) throw new ReservationTooSmall();
    }
  }
}

/** Waits until a call may start. */
async function acquirePermit(
  context: CallContext,
  { reservation, cancelled, remainingBoundNanos }: AttemptState,
  modelId: string,
  size: ExpectedUsage,
): Promise<LimitedCall> {
  const { limiter, stopping } = context;
  const permit = await limiter.acquireCall(modelId, size, stopping, cancelled);
  if (!permit) throw new Stopped();
  try {
    await context.untilLeaseFresh();
    if (stopping.aborted || cancelled.aborted) throw new Stopped();
    if (reservation.remainingNanos < remainingBoundNanos()) throw new ReservationTooSmall();
  } catch (error) {
    limiter.releaseCall(modelId, permit, NOTHING_USED);
    throw error;
  }
  return permit;
}

const NOTHING_USED = { inputTokens: 0, outputTokens: 0 };

/** Releases the permit as soon as there is an answer or an error. @param unanswered attempts at this call without an answer */
async function converse(
  context: CallContext,
  request: ModelRequest,
  permit: LimitedCall,
  unanswered: number,
): Promise<ModelAnswer> {
  const { limiter, health, paces, ports } = context;
  const { modelId, maxTokens } = request;
  const limitMs = callTimeLimitMs({ maxTokens, slowestTokensPerSecond: paces.slowestOf(modelId), unanswered });
  let answer: ModelAnswer | undefined;
  health?.onBegun(modelId, ports.clock.monotonicMs());
  try {
    answer = await withTimeLimit(context, request, limitMs);
    paces.onAnswered(modelId, answer.usage?.outputTokens ?? 0, ports.clock.monotonicMs() - permit.startedAtMs);
    return answer;
  } finally {
    limiter.releaseCall(modelId, permit, answer?.usage);
    health?.onEnded(modelId, ports.clock.monotonicMs());
  }
}

type Worst = ReturnType<typeof callBound>;
type Spent = Pick<CompletedCall, "inputTokens" | "outputTokens" | "costNanos">;
/** `costNanos` is what the call costs, then what was paid for it. */
type ChargedCall = Omit<CompletedCall, "reason" | "costNanos"> & { costNanos: Nanos };

function spentOn(modelId: string, { usage }: ModelAnswer, worst: Worst): Spent {
  if (!usage) return { inputTokens: worst.inputTokens, outputTokens: worst.outputTokens, costNanos: worst.costNanos };
  const model = findModel(modelId);
  if (!model) throw new Error(`The model "${modelId}" has no known price; its template should have been rejected.`);
  return { ...usage, costNanos: priceOf(model, usage.inputTokens, usage.outputTokens) };
}

/**
 * Charges a call, first to what is reserved and granted. If an overrun has used that up, the budget pays the rest as far as it
 * goes, and `call.costNanos` becomes what was paid.
 * @throws CostBoundExceeded
 */
async function pay(context: CallContext, options: CallOptions, call: ChargedCall): Promise<void> {
  const { reservation, overrun } = options.attempt;
  const { modelId, costNanos } = call;
  call.costNanos = reservation.charge(costNanos);
  book(context, options, call);
  const unpaidNanos = costNanos - call.costNanos;
  if (unpaidNanos === 0) return;
  if (!overrun) throw new CostBoundExceeded(costNanos, call.costNanos);
  const drawnNanos = (await context.drawFromBudget?.(unpaidNanos, overrun)) ?? 0;
  if (drawnNanos === 0) return;
  call.costNanos += drawnNanos;
  book(context, options, { modelId, ...NOTHING_USED, costNanos: drawnNanos }, { calls: 0 });
}

/** Counts what was charged: with the slot, and with the shard. */
function book(
  context: CallContext,
  { attempt: { open }, step }: CallOptions,
  { modelId, inputTokens, outputTokens, costNanos }: ChargedCall,
  more: Pick<PaidCall, "calls"> = {},
): void {
  open.costNanos += costNanos;
  open.inputTokens += inputTokens;
  open.outputTokens += outputTokens;
  context.onCharged({ stepId: step.id, modelId, inputTokens, outputTokens, costNanos, ...more });
  context.onProgress();
}

/** A first call that another model answered is a fallback. */
function reasonOf({ reason, models }: CallOptions, modelId: string): CallReason {
  return reason === "first" && modelId !== models[0] ? "fallback" : reason;
}

/** Reports a call without an answer. */
function reportUnanswered(
  context: CallContext,
  options: CallOptions,
  call: ChargedCall,
  problem: { readonly problem: string; readonly ms: number },
): void {
  const reason = reasonOf(options, call.modelId);
  context.onCall?.({ stepId: options.step.id, round: options.n, ...options.rendered, ...call, reason, ...problem });
}

function requestOf(step: Step, modelId: string, rendered: RenderedStep): ModelRequest {
  const { maxTokens, temperature, topP, stop, output } = step;
  return { modelId, ...rendered, maxTokens, temperature, topP, stop, schema: answerSchemaOf(output) };
}

async function withTimeLimit(context: CallContext, request: ModelRequest, ms: number): Promise<ModelAnswer> {
  const call = new AbortSource();
  const abort = () => call.abort();
  const cancel = context.ports.clock.after(ms, abort);
  context.aborting.addEventListener("abort", abort);
  try {
    return await context.ports.model.converse(request, call);
  } finally {
    cancel();
    context.aborting.removeEventListener("abort", abort);
  }
}

/**
 * With `retryAfterMs` the service said how long: the limiter then holds back all calls of the model, so there is no sleep here.
 * @returns the longest it waits
 */
async function backOff(
  { ports }: CallContext,
  cancelled: Signal,
  attempts: number,
  retryAfterMs: number | undefined,
): Promise<number> {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1));
  const waitMs = longest * ports.random();
  await sleep(ports.clock, waitMs, cancelled);
  return waitMs;
}
