/** Answers that stand in for a model's, the same every time, and the making of a record's prompts from them. */
import { answerSchemaOf, valueOfAnswer } from "#core/template/output";
import { NO_OUTPUT, type StepView } from "#core/shard/record";
import type { SeedItem } from "#core/seeds/seed-set";
import { parametersOf, type SeedPick, type Step, type Template } from "#core/template/template";
import type { Prompts, RenderedStep } from "../../worker/sandbox/prompts.ts";

/** What one call of a step sends. */
export interface SentCall {
  readonly step: string;
  /** From 0, in loops. */
  readonly round: number;
  readonly rendered: RenderedStep;
}

export interface MadeRecord {
  readonly calls: readonly SentCall[];
  readonly columns: Record<string, unknown>;
}

/** A model as terse as its schema allows, or one that uses up all its tokens. */
export type Manner = "terse" | "verbose";

export interface Making {
  readonly template: Template;
  readonly prompts: Prompts;
  readonly items: Readonly<Record<string, readonly SeedItem[]>>;
  readonly slot: number;
  readonly manner: Manner;
}

/** Every prompt of a record, and its columns, with the seeds taken in their order. */
export function makeRecord({ template, prompts, items, slot, manner }: Making): MadeRecord {
  const picks = Object.entries(template.pick).map(([name, pick]) => [name, drawn(items[pick.from] ?? [], pick, slot)]);
  const inputs = { ...parametersOf(template), ...Object.fromEntries(picks) };
  const draws = JSON.parse(prompts.draws(JSON.stringify(inputs).slice(1, -1), slot)) as object;
  const base = { ...inputs, draws };
  const steps: Record<string, StepView> = {};
  const calls: SentCall[] = [];
  const it = (more: object = {}) => JSON.stringify({ ...base, ...more, steps });
  for (const step of template.steps) {
    const call = (more: object = {}): unknown => {
      const round = calls.filter((sent) => sent.step === step.id).length;
      calls.push({ step: step.id, round, rendered: prompts.render(step.id, it(more), slot) });
      return answerOf(step, round, manner);
    };
    if (!prompts.applies(step.id, it(), slot)) steps[step.id] = NO_OUTPUT;
    else if (step.forEach) {
      const { as } = step.forEach;
      const list = prompts.items(step.id, it(), slot).map((item) => JSON.parse(item) as unknown);
      const outputs = list.map((item, index) => call({ [as]: item, index }));
      steps[step.id] = { output: outputs, outputs, modelId: outputs.length > 0 ? step.modelId : null, reasoning: [] };
    } else {
      steps[step.id] = NO_OUTPUT;
      do {
        const outputs = [...(steps[step.id]?.outputs ?? []), call()];
        steps[step.id] = { output: outputs.at(-1), outputs, modelId: step.modelId, reasoning: null };
      } while (
        step.repeat &&
        (steps[step.id]?.outputs.length ?? 0) < step.repeat.atMost &&
        !prompts.until(step.id, it(), slot)
      );
      if (step.escalate?.when !== undefined) prompts.escalates(step.id, it(), slot);
    }
  }
  return { calls, columns: prompts.columns(it(), slot) };
}

function drawn(items: readonly SeedItem[], { count }: SeedPick, slot: number): unknown {
  const at = (n: number) => items[n % items.length];
  return count === undefined ? at(slot) : Array.from({ length: count }, (_, n) => at(slot * count + n));
}

/** An answer that fits the step's output. */
function answerOf(step: Step, round: number, manner: Manner): unknown {
  const longest = manner === "verbose" ? step.maxTokens * CHARACTERS_OF_LONG_TOKENS : 0;
  const schema = answerSchemaOf(step.output);
  if (!schema) return lengthened(`(answer ${round + 1} of ${step.id})\n`, longest);
  return valueOfAnswer(step.output, valueFor(schema, step.id, longest) as Record<string, unknown>);
}

const CHARACTERS_OF_LONG_TOKENS = 6;

type Schema = Readonly<Record<string, any>>;

/** The plainest value that a schema of the samples allows, with texts as long as they may be if `longest` is not 0. */
function valueFor(schema: Schema, name: string, longest: number): unknown {
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return valueFor(schema.anyOf[0], name, longest);
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries<Schema>(schema.properties).map(([key, inner]) => [key, valueFor(inner, key, longest)]),
      );
    case "array": {
      const count = Math.max(schema.minItems ?? 0, 1);
      return Array.from({ length: count }, (_, n) => valueFor(schema.items, `${name} ${n + 1}`, longest / count));
    }
    case "string":
      return lengthened(
        `(${name} of the answer)`.padEnd(schema.minLength ?? 0, "."),
        Math.min(longest, schema.maxLength ?? longest),
      );
    case "boolean":
      return longest === 0;
    default:
      return schema.minimum ?? 1;
  }
}

function lengthened(text: string, characters: number): string {
  return text + " naïve words".repeat(Math.ceil(characters / 12)).slice(0, Math.max(0, characters - text.length));
}
