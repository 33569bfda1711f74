/** One model call: inside its reservation, repeated while that may help, charged what it cost. */
import { findModel } from "#core/models";
import { priceOf, type Nanos } from "#core/money";
import type { Reservation } from "#core/budget";
import type { OpenSlot, StepDone } from "#core/record";
import { schemaBytesOf, type Step } from "#core/template";
import type { Gate } from "./gate.ts";
import { ModelFault, sleep, type ModelAnswer, type ModelRequest, type Ports } from "./ports.ts";
import { bytesOf, type RenderedStep } from "./sandbox/prompts.ts";

/** Full jitter: from nothing up to this, doubled with each try. */
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 20_000;
/** In all some minutes of patience with a service that answers nothing but errors. */
const MAX_TRIES = 20;
/** A call without an answer is paid as if it had got the longest one. */
const MAX_UNANSWERED = 3;

/** What calls of one shard share. */
export interface CallContext {
  readonly ports: Ports;
  readonly gate: Gate;
  readonly callTimeoutMs: number;
  /** Aborted: no call may begin or go on. */
  readonly aborting: AbortSignal;
  /** Aborted: no call may begin; those in flight may finish. Aborted with `aborting` too. */
  readonly stopping: AbortSignal;
  /** Resolves once a call may begin under the lease, or when it never may again. */
  leaseFresh(): Promise<void>;
  /** Tokens were paid. */
  charged(inputTokens: number, outputTokens: number): void;
  /** A restart would lose something that is not written yet. */
  progressed(): void;
}

/** The worker stops: the slot stays open for the next one. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** What is reserved no longer covers the call: the slot waits until more is. */
export class NotCovered extends Error {
  override readonly name = "NotCovered";
}

/**
 * Calls the step's model and charges the slot.
 * @returns the answer, and what is to be remembered of it
 * @throws Stopped, NotCovered, ModelFault (the slot fails)
 */
export async function callModel(
  context: CallContext,
  call: { step: Step; rendered: RenderedStep; reservation: Reservation; restBoundNanos: Nanos; open: OpenSlot },
): Promise<{ answer: ModelAnswer; done: Omit<StepDone, "output"> }> {
  const { step, rendered, reservation, restBoundNanos, open } = call;
  const worst = worstCase(step, rendered);
  const request = requestOf(step, rendered);
  for (let tries = 1; ; tries++) {
    await context.leaseFresh();
    if (context.stopping.aborted) throw new Stopped();
    if (reservation.left < restBoundNanos) throw new NotCovered();
    const begunAtMs = context.ports.clock.monotonicMs();
    try {
      const answer = await withTimeout(context, request);
      const spent = chargeOf(step, answer, worst);
      charge(context, reservation, open, spent, worst.nanos);
      context.gate.answered();
      open.unanswered = 0;
      return { answer, done: { modelId: step.modelId, ...spent } };
    } catch (error) {
      if (!(error instanceof ModelFault)) throw error;
      if (error.kind === "unclear")
        charge(context, reservation, open, { ...worst, costNanos: worst.nanos }, worst.nanos);
      if (error.kind === "throttled") context.gate.throttled(begunAtMs, context.ports.clock.monotonicMs());
      if (context.stopping.aborted) throw new Stopped();
      if (error.kind === "unclear") open.unanswered += 1;
      if (error.kind === "hopeless" || tries === MAX_TRIES || open.unanswered >= MAX_UNANSWERED) throw error;
      await backOff(context, tries);
    }
  }
}

interface Worst {
  readonly nanos: Nanos;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

type Spent = Pick<StepDone, "inputTokens" | "outputTokens" | "costNanos">;

/** Every byte sent a token, every token allowed answered. A schema is counted as the record's bound counts it. */
function worstCase(step: Step, rendered: RenderedStep): Worst {
  const model = priced(step);
  const inputTokens = bytesOf(rendered) + schemaBytesOf(step) + model.overheadTokens;
  return { inputTokens, outputTokens: step.maxTokens, nanos: priceOf(model, inputTokens, step.maxTokens) };
}

function chargeOf(step: Step, { usage }: ModelAnswer, worst: Worst): Spent {
  if (!usage) return { inputTokens: worst.inputTokens, outputTokens: worst.outputTokens, costNanos: worst.nanos };
  return { ...usage, costNanos: priceOf(priced(step), usage.inputTokens, usage.outputTokens) };
}

function charge(context: CallContext, reservation: Reservation, open: OpenSlot, spent: Spent, worst: Nanos): void {
  reservation.charge(spent.costNanos, worst);
  open.costNanos += spent.costNanos;
  open.inputTokens += spent.inputTokens;
  open.outputTokens += spent.outputTokens;
  context.charged(spent.inputTokens, spent.outputTokens);
  context.progressed();
}

function priced(step: Step) {
  const model = findModel(step.modelId);
  if (!model) throw new Error(`The model "${step.modelId}" has no known price; the template should have been refused.`);
  return model;
}

function requestOf(step: Step, rendered: RenderedStep): ModelRequest {
  const { modelId, maxTokens, temperature, topP, stop, output } = step;
  return {
    modelId,
    ...rendered,
    maxTokens,
    temperature,
    topP,
    stop,
    schema: output.type === "json" ? output.schema : undefined,
  };
}

async function withTimeout(context: CallContext, request: ModelRequest): Promise<ModelAnswer> {
  const call = new AbortController();
  const abort = () => call.abort();
  const cancel = context.ports.clock.after(context.callTimeoutMs, abort);
  context.aborting.addEventListener("abort", abort);
  try {
    return await context.ports.model.converse(request, call.signal);
  } finally {
    cancel();
    context.aborting.removeEventListener("abort", abort);
  }
}

async function backOff({ ports, stopping }: CallContext, tries: number): Promise<void> {
  const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
  await sleep(ports.clock, longest * ports.random(), stopping);
}
