/**
 * What a record is likely to cost, judged by its prompts alone. The answers are unknown, so each end of the range makes its
 * own assumptions, all listed here.
 *
 * - Text: a token is about four bytes of English; five where words are common, two and a half in other scripts and in JSON.
 * - Answers: a tenth, two fifths, or all of `maxTokens`. Prompts that read earlier answers grow by them.
 * - Conditions and loops over seeds and parameters are known. A condition on answers is true never, half the time, always; a
 *   loop over answers has one round, as many as a short answer yields, the maximum.
 * - Repetitions end immediately, halfway, at the maximum.
 * - The first attempt at a record succeeds.
 * - Repairs and escalations happen only at the high end: once for each structured answer, once for each step that escalates.
 *   Fallbacks are ignored: they replace a call, they do not add one.
 */
import type { CostRange } from "../money/estimate.ts";
import { findModel } from "../models/models.ts";
import { priceOf, type Nanos } from "../money/money.ts";
import type { Partials, Step, Template } from "./template.ts";
import { schemaBytesOf } from "./bound.ts";
import { dependenciesOf } from "./prompts/dependencies.ts";
import { readsOfExpression } from "./prompts/syntax.ts";

type End = keyof CostRange;

const BYTES_PER_TOKEN: Readonly<Record<End, number>> = { low: 5, likely: 4, high: 2.5 };
const ANSWERED_SHARE: Readonly<Record<End, number>> = { low: 0.1, likely: 0.4, high: 1 };
const CONDITION_HOLDS: Readonly<Record<End, number>> = { low: 0, likely: 0.5, high: 1 };

/** A record's prompts, rendered with placeholders instead of answers. */
export interface RenderedRecord {
  /** One entry per rendered round; of long loops only the first ones. */
  readonly steps: readonly { readonly stepId: string; readonly applies: boolean; readonly bytes: number }[];
  /** The number of rounds of each loop. */
  readonly rounds: Readonly<Record<string, number>>;
}

/** @param reads the earlier steps whose answers appear in each step's prompt, see answersInPrompts */
export function expectedCost(
  template: Template,
  reads: Readonly<Record<string, readonly string[]>>,
  record: RenderedRecord,
): CostRange {
  const cost = (end: End) => new Expectation(template, reads, record, end).cost();
  return { low: cost("low"), likely: cost("likely"), high: cost("high") };
}

/** The earlier steps whose answers appear in each step's prompts or loop; what only conditions read is not sent. */
export function answersInPrompts(template: Template, partials: Partials): Record<string, string[]> {
  const steps = template.steps.map((step) => ({ ...step, when: undefined, repeat: undefined, escalate: undefined }));
  return dependenciesOf({ ...template, steps }, partials);
}

/** Whether an expression reads answers: with placeholders for them, its value is meaningless. */
export function readsAnswers(expression: string): boolean {
  return readsOfExpression(expression).some(({ path: [root] }) => root === undefined || root === "steps");
}

class Expectation {
  /** The tokens of all answers of a step together. */
  readonly #answered = new Map<string, number>();

  constructor(
    readonly template: Template,
    readonly reads: Readonly<Record<string, readonly string[]>>,
    readonly record: RenderedRecord,
    readonly end: End,
  ) {}

  cost(): Nanos {
    return Math.round(this.template.steps.reduce((total, step) => total + this.#step(step), 0));
  }

  #step(step: Step): Nanos {
    const rounds = this.#share(step) * this.#rounds(step);
    const outputTokens = Math.round(ANSWERED_SHARE[this.end] * step.maxTokens);
    this.#answered.set(step.id, rounds * outputTokens);
    if (rounds === 0) return 0;
    const inputTokens = this.#inputTokens(step);
    const price = (modelId: string) => priceOf(findModel(modelId)!, inputTokens, outputTokens);
    return rounds * (this.#times(step) * price(step.modelId) + this.#better(step, price));
  }

  /** How often it runs: known, or assumed if its condition reads answers. */
  #share({ id, when }: Step): number {
    if (when !== undefined && readsAnswers(when)) return CONDITION_HOLDS[this.end];
    return this.record.steps.some(({ stepId, applies }) => stepId === id && applies) ? 1 : 0;
  }

  #rounds({ id, forEach, repeat }: Step): number {
    if (repeat) return { low: 1, likely: Math.ceil((1 + repeat.atMost) / 2), high: repeat.atMost }[this.end];
    if (!forEach) return 1;
    const shown = this.record.rounds[id] ?? 0;
    return readsAnswers(forEach.list) ? { low: 1, likely: Math.max(1, shown), high: forEach.atMost }[this.end] : shown;
  }

  /** Prompt, schema, and the answers in the prompt; in a loop each round gets its share of them. */
  #inputTokens(step: Step): number {
    const rendered = this.record.steps.filter(({ stepId, applies }) => stepId === step.id && applies);
    const bytes = rendered.reduce((sum, round) => sum + round.bytes, 0) / Math.max(1, rendered.length);
    const read = (this.reads[step.id] ?? []).reduce((sum, id) => sum + (this.#answered.get(id) ?? 0), 0);
    const prompt = bytes / BYTES_PER_TOKEN[this.end] + read / (step.forEach ? Math.max(1, this.#rounds(step)) : 1);
    // A longer one is rejected.
    const longest = step.maxPromptBytes / BYTES_PER_TOKEN[this.end];
    return Math.round(Math.min(prompt, longest) + this.#formTokens(step));
  }

  /** The schema that is sent along; the bound doubles it because of escaped quotes. */
  #formTokens(step: Step): number {
    const bytes = schemaBytesOf(step) / 2;
    if (bytes === 0) return 0;
    const overhead = { low: 0, likely: 0.5, high: 1 }[this.end] * findModel(step.modelId)!.overheadTokens;
    return bytes / BYTES_PER_TOKEN[this.end] + overhead;
  }

  #times({ output, repairs }: Step): number {
    return this.end === "high" && output.type !== "text" && repairs > 0 ? 2 : 1;
  }

  #better({ escalate }: Step, price: (modelId: string) => Nanos): Nanos {
    return this.end === "high" && escalate ? price(escalate.modelId) : 0;
  }
}
