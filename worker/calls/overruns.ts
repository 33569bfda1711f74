/**
 * Servers that count more tokens than a call may have. Bedrock does not, but a server of one's own may ignore `max_tokens`, or
 * not count its reasoning. What it counts is charged, and from then on reserved too, so that the budget is still never passed.
 */
import { formatNumber } from "#core/numbers";
import type { Nanos } from "#core/money/money";
import type { Bound } from "#core/template/bound";
import type { ModelAnswer } from "../ports.ts";

export interface Overrun {
  readonly modelId: string;
  /** What the call cost beyond its worst case. */
  readonly excessNanos: Nanos;
  /** One sentence, with the model and its server. */
  readonly message: string;
}

/** `undefined` if the server counts no more tokens than expected. */
export function overrunOf(
  modelId: string,
  { usage, server }: ModelAnswer,
  worst: Bound,
  costNanos: Nanos,
): Overrun | undefined {
  if (!usage) return undefined;
  const { inputTokens, outputTokens } = usage;
  if (inputTokens <= worst.inputTokens && outputTokens <= worst.outputTokens) return undefined;
  const name =
    server === undefined ? `The model ${modelId}` : `The model server at ${server}, which stands in for ${modelId},`;
  const counted =
    outputTokens > worst.outputTokens
      ? `${formatNumber(outputTokens)} output tokens where maxTokens allows ${formatNumber(worst.outputTokens)}`
      : `${formatNumber(inputTokens)} input tokens where the prompt can have at most ${formatNumber(worst.inputTokens)}`;
  const message = `${name} counted ${counted}.`;
  return { modelId, excessNanos: Math.max(0, costNanos - worst.costNanos), message };
}

/** The overruns of one worker. */
export class Overruns {
  #largest: Overrun | undefined;

  add(overrun: Overrun): void {
    if (overrun.excessNanos >= (this.#largest?.excessNanos ?? 0)) this.#largest = overrun;
  }

  /** The one with the largest excess; `undefined` if there was none. */
  get largest(): Overrun | undefined {
    return this.#largest;
  }
}
