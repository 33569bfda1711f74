/** The most that a record can cost, from its template alone: shown before anything runs, and reserved before each attempt. */
import { findModel } from "../models/models.ts";
import { priceOf, type Nanos } from "../money/money.ts";
import { answerSchemaOf } from "./output.ts";
import { PlotPaletteError } from "../errors.ts";
import { maxRoundsOf, type Step, type Template } from "./template.ts";

export interface Bound {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: Nanos;
}

/** The most UTF-8 bytes a repair adds to a prompt besides the wrong answer: the message on what is wrong with it. */
export const REPAIR_ERROR_BYTES = 2_000;
/** How many bytes of a wrong answer are shown again, per token it may have. */
const BYTES_PER_ANSWERED_TOKEN = 4;

/** The most that one attempt at a record can cost. */
export function boundOf(template: Template): Bound {
  return template.steps.map(stepBound).reduce(plus, ZERO);
}

/** The most that all calls of a step can cost for one record. */
export function stepBound(step: Step): Bound {
  return times(roundBound(step), maxRoundsOf(step));
}

// Cached, because every call of every record needs both.
const roundBounds = new WeakMap<Step, Bound>();
const schemaBytes = new WeakMap<Step["output"], number>();

/** The most that one round of a step can cost: the answer, its repairs, and both again by the better model. */
export function roundBound(step: Step): Bound {
  const known = roundBounds.get(step);
  if (known) return known;
  const first = callsBound(step, [step.modelId, ...step.fallbacks.map(({ modelId }) => modelId)]);
  const bound = step.escalate ? plus(first, callsBound(step, [step.escalate.modelId])) : first;
  roundBounds.set(step, bound);
  return bound;
}

/** The most UTF-8 bytes a step's schema adds to a request: doubled, because it is sent as JSON within JSON, quotes escaped. */
export function schemaBytesOf({ output }: Step): number {
  const known = schemaBytes.get(output);
  if (known !== undefined) return known;
  const schema = answerSchemaOf(output);
  const bytes = schema ? 2 * new TextEncoder().encode(JSON.stringify(schema)).length : 0;
  schemaBytes.set(output, bytes);
  return bytes;
}

/** The most bytes of a wrong answer that a repair shows the model again. */
export function shownAnswerBytesOf({ maxTokens }: Step): number {
  return BYTES_PER_ANSWERED_TOKEN * maxTokens;
}

/** The most that one call with a prompt of that size can cost: every byte a token, and the maximum output. */
export function callBound(step: Step, modelId: string, promptBytes: number): Bound {
  const model = findModel(modelId);
  if (!model) throw new PlotPaletteError("BadInput", `The model "${modelId}" has no known price.`);
  const inputTokens = promptBytes + schemaBytesOf(step) + model.overheadTokens;
  return {
    calls: 1,
    inputTokens,
    outputTokens: step.maxTokens,
    costNanos: priceOf(model, inputTokens, step.maxTokens),
  };
}

/** A first call and its repairs, each with the most expensive of the models, minus those already answered. */
export function callsBound(step: Step, models: readonly string[], answered = 0): Bound {
  const mostExpensive = (bytes: number) => models.map((id) => callBound(step, id, bytes)).reduce(moreExpensive);
  const repaired = mostExpensive(step.maxPromptBytes + shownAnswerBytesOf(step) + REPAIR_ERROR_BYTES);
  if (answered > 0) return times(repaired, Math.max(0, 1 + step.repairs - answered));
  return plus(mostExpensive(step.maxPromptBytes), times(repaired, step.repairs));
}

const ZERO: Bound = { calls: 0, inputTokens: 0, outputTokens: 0, costNanos: 0 };

function plus(one: Bound, other: Bound): Bound {
  return {
    calls: one.calls + other.calls,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    costNanos: one.costNanos + other.costNanos,
  };
}

function times({ calls, inputTokens, outputTokens, costNanos }: Bound, n: number): Bound {
  return { calls: calls * n, inputTokens: inputTokens * n, outputTokens: outputTokens * n, costNanos: costNanos * n };
}

function moreExpensive(one: Bound, other: Bound): Bound {
  return other.costNanos > one.costNanos ? other : one;
}
