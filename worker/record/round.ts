/** One round of a step: its answer, repaired and escalated as the step says, until it can be used. */
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
 * Goes on where the round stands: an answer that was paid is judged before another is asked for.
 * @throws InvalidOutput, ConditionError, ModelError, RenderError, Stopped, NotCovered
 */
export async function doRound(making: AttemptContext, order: RoundOptions): Promise<void> {
  const asking: SentPrompts = {};
  try {
    await goOn(making, order, asking);
  } catch (error) {
    if (!(error instanceof Stopped || error instanceof ReservationTooSmall)) await note(making, order, asking, error);
    throw error;
  }
}

/** What this worker has asked in the round. */
interface SentPrompts {
  /** The step's prompt. */
  rendered?: RenderedStep;
  /** What was last sent: the prompt, or how the conversation went on. */
  sent?: RenderedStep;
}

async function goOn(making: AttemptContext, order: RoundOptions, asking: SentPrompts): Promise<void> {
  const { step, round } = order;
  let asked: Omit<ObservedCall, "problem"> | undefined;
  while (!isAccepted(round)) {
    const verdict = round.latest && (await judgeAndTell(making, order, round.latest, asked));
    if (verdict && !verdict.problem) {
      round.output = verdict.value;
      // Its value is all that is needed from here on.
      round.latest = undefined;
      return making.callContext.onProgress();
    }
    const next = nextCall(step, round, verdict?.problem);
    const rendered = (asking.rendered ??= await render(making, order));
    const wrong = next.reason === "repair" ? verdict?.problem : undefined;
    asking.sent = wrong ? withRepair(step, rendered, round.latest?.text ?? "", wrong) : rendered;
    const call = { step, n: order.n, round, ...next, rendered: asking.sent, attempt: making.attemptState };
    asked = await callModel(making.callContext, call);
  }
}

function render({ jobContext, randomSeed }: AttemptContext, { step, n, it }: RoundOptions): Promise<RenderedStep> {
  return jobContext.run((prompts) => prompts.render(step.id, it, randomSeed(step.id, n, "prompt")));
}

/**
 * Keeps what was asked and answered beside the error. The worker that asked may be gone: then the step's prompt is rendered
 * again, without what a repair added to it.
 */
async function note(making: AttemptContext, order: RoundOptions, { sent }: SentPrompts, error: unknown): Promise<void> {
  const { step, round } = order;
  // A prompt that cannot be rendered was never sent, and a call that failed has no answer of its own.
  const shown =
    error instanceof RenderError ? undefined : (sent ?? (await render(making, order).catch(() => undefined)));
  const answer = error instanceof ModelError || error instanceof RenderError ? undefined : round.latest?.text;
  making.attachDetails(error, { step: step.id, ...shown, answer });
}

/** `escalate.when` cannot be evaluated. Another attempt would pay for another answer, to no better end. */
export class ConditionError extends Error {
  override readonly name = "ConditionError";
}

/** The condition `escalate.when` asks for the better model: the answer is usable, and not good enough. */
class NotGoodEnough extends Error {
  override readonly name = "NotGoodEnough";
  readonly kind = "when";
}

type Problem = InvalidOutput | NotGoodEnough;
type Verdict = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: Problem };

/** Whatever comes of judging an answer that was just paid, its call is told. */
async function judgeAndTell(
  making: AttemptContext,
  order: RoundOptions,
  answer: NonNullable<OpenRound["latest"]>,
  asked: Omit<ObservedCall, "problem"> | undefined,
): Promise<Verdict> {
  const tell = (problem?: Error) => asked && making.callContext.onCall?.({ ...asked, problem: problem?.message });
  try {
    const verdict = await judge(making, order, answer);
    tell(verdict.problem);
    return verdict;
  } catch (error) {
    tell(error as Error);
    throw error;
  }
}

async function judge(
  { jobContext, randomSeed }: AttemptContext,
  { step, n, round, itWith }: RoundOptions,
  answer: NonNullable<OpenRound["latest"]>,
): Promise<Verdict> {
  try {
    const value = await jobContext.parse(step, answer);
    if (step.escalate?.when === undefined || isEscalated(round)) return { value };
    const escalates = await jobContext
      .run((prompts) => prompts.escalates(step.id, itWith(value), randomSeed(step.id, n, "escalate")))
      .catch(asConditionFault);
    return escalates ? { problem: new NotGoodEnough('The condition "escalate.when" holds.') } : { value };
  } catch (error) {
    if (error instanceof InvalidOutput) return { problem: error };
    throw error;
  }
}

function asConditionFault(error: unknown): never {
  throw error instanceof RenderError ? new ConditionError(error.message, { cause: error }) : error;
}

/** Why to call next, and which models: decided from the round's calls alone. @throws InvalidOutput when nothing is left to try */
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
  // To show a model its refusal seldom changes its mind.
  if (escalation && isCause && problem.kind === "refusal") return escalation;
  const repaired = round.calls.slice(firstOfPhase(round)).length - 1;
  if (repaired < repairs) return { reason: "repair", models: wasEscalated && better ? better : own };
  if (escalation && isCause) return escalation;
  throw problem;
}

function isEscalated({ calls }: OpenRound): boolean {
  return calls.some(({ reason }) => reason === "escalation");
}

/** Where the calls of the better model begin, if it was asked. */
function firstOfPhase({ calls }: OpenRound): number {
  return Math.max(
    0,
    calls.findIndex(({ reason }) => reason === "escalation"),
  );
}

/** A turn of the conversation must not be empty. */
const NOTHING_SAID = "…";

/** The conversation goes on with the wrong answer, shortened, and what is wrong with it. */
function withRepair(step: Step, { system, turns, prompt }: RenderedStep, answer: string, wrong: Problem): RenderedStep {
  const shown = cut(answer, shownAnswerBytesOf(step));
  const fault = wrong instanceof InvalidOutput ? wrong.problem : wrong.message;
  const wanted =
    step.output.type === "text" ? "" : ", as one JSON object that fits the schema, with nothing before or after it";
  const closing = ` Answer again${wanted}.`;
  const error = cut(`Your answer cannot be used: it ${fault}`, REPAIR_ERROR_BYTES - closing.length - 1);
  return {
    system,
    turns: [
      ...turns,
      { role: "user", text: prompt },
      { role: "assistant", text: shown.trim() === "" ? NOTHING_SAID : shown },
    ],
    prompt: `${error}.${closing}`,
  };
}

/** At most so many UTF-8 bytes of a text, whole characters only. */
function cut(text: string, bytes: number): string {
  const encoded = new TextEncoder().encode(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  // A byte of the form 10xxxxxx goes on with a character that began before it.
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(encoded.subarray(0, end));
}
