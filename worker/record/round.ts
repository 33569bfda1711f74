/** One round of a step: asks for an answer, and repairs and escalates as the step says until it is usable. */
import { isAccepted, type CallReason, type OpenRound } from "#core/shard/record";
import { REPAIR_ERROR_BYTES, shownAnswerBytesOf } from "#core/template/bound";
import type { Step } from "#core/template/template";
import type { AttemptContext } from "./attempt-context.ts";
import { callModel, ReservationTooSmall, Stopped, type ObservedCall } from "../calls/call.ts";
import { InvalidOutput } from "./output-validator.ts";
import { ModelError } from "../ports.ts";
import { RenderError, type RenderedStep } from "../sandbox/prompts.ts";

export interface RoundOptions {
  readonly step: Step;
  /** Its number, from 0. */
  readonly n: number;
  readonly round: OpenRound;
  /** `it` for its prompts. */
  readonly it: string;
  /** `it` in which the step's output is this value. */
  itWith(output: unknown): string;
}

/**
 * Resumes the round: an answer that was paid for is judged before another is requested.
 * @throws InvalidOutput, ConditionError, ModelError, RenderError, Stopped, ReservationTooSmall
 */
export async function runRound(context: AttemptContext, options: RoundOptions): Promise<void> {
  const prompts: SentPrompts = {};
  try {
    await callUntilAccepted(context, options, prompts);
  } catch (error) {
    if (!(error instanceof Stopped || error instanceof ReservationTooSmall))
      await attachFailureDetails(context, options, prompts, error);
    throw error;
  }
}

/** What this worker has sent in the round. */
interface SentPrompts {
  /** The step's prompt. */
  rendered?: RenderedStep;
  /** What was last sent: the prompt, or the conversation with a repair. */
  sent?: RenderedStep;
}

async function callUntilAccepted(context: AttemptContext, options: RoundOptions, prompts: SentPrompts): Promise<void> {
  const { step, round } = options;
  let call: Omit<ObservedCall, "problem"> | undefined;
  while (!isAccepted(round)) {
    const verdict = round.latest && (await judgeAndReport(context, options, round.latest, call));
    if (verdict && !verdict.problem) {
      round.output = verdict.value;
      if (context.jobContext.readsReasoning) round.reasoning = round.latest?.reasoning;
      // From here on, only its value is needed.
      round.latest = undefined;
      return context.callContext.onProgress();
    }
    const next = nextCall(step, round, verdict?.problem);
    const rendered = (prompts.rendered ??= await render(context, options));
    const problem = next.reason === "repair" ? verdict?.problem : undefined;
    prompts.sent = problem ? withRepair(step, rendered, round.latest?.text ?? "", problem) : rendered;
    const callOptions = { step, n: options.n, round, ...next, rendered: prompts.sent, attempt: context.attemptState };
    call = await callModel(context.callContext, callOptions);
  }
}

function render({ jobContext, randomSeed }: AttemptContext, { step, n, it }: RoundOptions): Promise<RenderedStep> {
  return jobContext.run((prompts) => prompts.render(step.id, it, randomSeed(step.id, n, "prompt")));
}

/**
 * Keeps what was sent and answered with the error. The worker that sent it may be gone: then the step's prompt is rendered
 * again, without what a repair added to it.
 */
async function attachFailureDetails(
  context: AttemptContext,
  options: RoundOptions,
  { sent }: SentPrompts,
  error: unknown,
): Promise<void> {
  const { step, round } = options;
  // A prompt that cannot be rendered was never sent, and a call that failed has no answer of its own.
  const shown =
    error instanceof RenderError ? undefined : (sent ?? (await render(context, options).catch(() => undefined)));
  const answer = error instanceof ModelError || error instanceof RenderError ? undefined : round.latest?.text;
  context.attachDetails(error, { step: step.id, ...shown, answer });
}

/** `escalate.when` cannot be evaluated. Another attempt would pay for another answer, and fail the same way. */
export class ConditionError extends Error {
  override readonly name = "ConditionError";
}

/** `escalate.when` holds: the answer is usable but not good enough, so the better model is asked. */
class NotGoodEnough extends Error {
  override readonly name = "NotGoodEnough";
  readonly kind = "when";
}

type Problem = InvalidOutput | NotGoodEnough;
type Verdict = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: Problem };

/** Reports the call that was just paid for, whatever comes of judging its answer. */
async function judgeAndReport(
  context: AttemptContext,
  options: RoundOptions,
  answer: NonNullable<OpenRound["latest"]>,
  call: Omit<ObservedCall, "problem"> | undefined,
): Promise<Verdict> {
  const report = (problem?: Error) => call && context.callContext.onCall?.({ ...call, problem: problem?.message });
  try {
    const verdict = await judge(context, options, answer);
    report(verdict.problem);
    return verdict;
  } catch (error) {
    report(error as Error);
    throw error;
  }
}

async function judge(
  { jobContext, callContext, randomSeed }: AttemptContext,
  { step, n, round, itWith }: RoundOptions,
  answer: NonNullable<OpenRound["latest"]>,
): Promise<Verdict> {
  try {
    const { value, isMended } = await jobContext.parse(step, answer);
    if (isMended) callContext.onMended?.();
    if (step.escalate?.when === undefined || isEscalated(round)) return { value };
    const escalates = await jobContext
      .run((prompts) => prompts.escalates(step.id, itWith(value), randomSeed(step.id, n, "escalate")))
      .catch(asConditionError);
    return escalates ? { problem: new NotGoodEnough('The condition "escalate.when" holds.') } : { value };
  } catch (error) {
    if (error instanceof InvalidOutput) return { problem: error };
    throw error;
  }
}

function asConditionError(error: unknown): never {
  throw error instanceof RenderError ? new ConditionError(error.message, { cause: error }) : error;
}

/** Why to call next, and which models: decided by the round's calls alone. @throws InvalidOutput when nothing is left to try */
function nextCall(
  { modelId, fallbacks, escalate, repairs }: Step,
  round: OpenRound,
  problem: Problem | undefined,
): { reason: CallReason; models: readonly string[] } {
  const own = [modelId, ...fallbacks.map((fallback) => fallback.modelId)];
  if (!problem) return { reason: "first", models: own };
  const wasEscalated = isEscalated(round);
  const better = escalate && [escalate.modelId];
  const escalation = better && !wasEscalated ? { reason: "escalation" as const, models: better } : undefined;
  if (!(problem instanceof InvalidOutput)) {
    if (escalation) return escalation;
    throw new Error("An answer was escalated twice.");
  }
  const isCause = escalate?.on.includes(problem.kind) === true;
  // Showing a model its refusal seldom changes its mind.
  if (escalation && isCause && problem.kind === "refusal") return escalation;
  const repaired = round.calls.slice(firstCallOfModel(round)).length - 1;
  if (repaired < repairs) return { reason: "repair", models: wasEscalated && better ? better : own };
  if (escalation && isCause) return escalation;
  throw problem;
}

function isEscalated({ calls }: OpenRound): boolean {
  return calls.some(({ reason }) => reason === "escalation");
}

/** The index of the better model's first call, if it was asked, else 0. */
function firstCallOfModel({ calls }: OpenRound): number {
  return Math.max(
    0,
    calls.findIndex(({ reason }) => reason === "escalation"),
  );
}

/** Stands for an empty answer: no turn of a conversation may be empty. */
const EMPTY_ANSWER = "…";

/** Continues the conversation with the invalid answer, truncated, and what is wrong with it. */
function withRepair(
  step: Step,
  { system, turns, prompt }: RenderedStep,
  answer: string,
  problem: Problem,
): RenderedStep {
  const shown = truncate(answer, shownAnswerBytesOf(step));
  const what = problem instanceof InvalidOutput ? problem.problem : problem.message;
  const form =
    step.output.type === "text" ? "" : ", as one JSON object that matches the schema, with nothing before or after it";
  const closing = ` Answer again${form}.`;
  const error = truncate(`Your answer cannot be used: it ${what}`, REPAIR_ERROR_BYTES - closing.length - 1);
  return {
    system,
    turns: [
      ...turns,
      { role: "user", text: prompt },
      { role: "assistant", text: shown.trim() === "" ? EMPTY_ANSWER : shown },
    ],
    prompt: `${error}.${closing}`,
  };
}

/** The text cut to at most `bytes` of UTF-8, at a whole character. */
function truncate(text: string, bytes: number): string {
  const encoded = new TextEncoder().encode(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  // A byte of the form 10xxxxxx continues a character that started before it.
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(encoded.subarray(0, end));
}
