/** From a document that fits the schema to a template. */
import { findModel, MODELS, TIERS, type Tiers } from "../../models/models.ts";
import {
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_MAX_ATTEMPTS_WITH_ACCEPT,
  type AcceptCondition,
  type Column,
  type ModelChoice,
  type Parameter,
  type SeedPick,
  type Step,
  type Template,
} from "../template.ts";
import { checkNames } from "./check-names.ts";
import type { StepDocument, TemplateDocument } from "./document.ts";
import { readOutput } from "./read-output.ts";
import type { Path, TemplateSource } from "./source.ts";

/** Expands short forms, fills in defaults and checks references. */
export class DocumentReader {
  readonly #source: TemplateSource;
  readonly #tiers: Tiers;

  constructor(source: TemplateSource, tiers: Tiers) {
    this.#source = source;
    this.#tiers = tiers;
  }

  template(document: TemplateDocument): Template {
    const { name, description, category } = document;
    const accept = this.#accept(document);
    const steps = document.steps ?? [];
    if (steps.length === 0 && Object.keys(document.partials ?? {}).length === 0)
      this.#source.addProblem(
        ["steps"],
        'The template needs at least one step under "steps", or partials to be a library.',
      );
    const template: Template = {
      name,
      description,
      category,
      tags: document.tags ?? [],
      parameters: mapValues(document.parameters, (parameter, key) => this.#parameter(parameter, key)),
      pick: this.#picks(document, steps.length > 0),
      draws: document.draws,
      partials: document.partials ?? {},
      steps: steps.map((step, n) => this.#step(step, ["steps", n])),
      rows: document.rows,
      record: document.record && mapValues(document.record, columnOf),
      categories: document.categories ?? [],
      accept,
      maxAttempts: document.maxAttempts ?? (accept ? DEFAULT_MAX_ATTEMPTS_WITH_ACCEPT : DEFAULT_MAX_ATTEMPTS),
      training: document.training,
    };
    if (template.rows !== undefined && !template.record)
      this.#source.addProblem(["rows"], '"rows" makes a row of each item from the columns under "record"; add them.');
    checkNames(template, this.#source);
    return template;
  }

  #accept({ accept, steps }: TemplateDocument): Template["accept"] {
    if (accept === undefined) return undefined;
    if (!steps?.length)
      this.#source.addProblem(["accept"], '"accept" filters records, and a library makes none; remove it.');
    const conditions = acceptConditions(accept);
    if (conditions.length === 0)
      this.#source.addProblem(["accept"], '"accept" needs at least one condition; remove it to accept every record.');
    return conditions;
  }

  #parameter(parameter: Parameter, name: string): Parameter {
    if (parameter.values && !parameter.values.includes(parameter.default))
      this.#source.addProblem(
        ["parameters", name, "default"],
        `The default of the parameter "${name}" must be one of its values (${parameter.values.join(", ")}).`,
      );
    return parameter;
  }

  #picks({ pick }: TemplateDocument, hasSteps: boolean): Template["pick"] {
    if (pick === undefined) return hasSteps ? { seed: { from: "seeds", how: "shuffled" } } : {};
    return mapValues(pick, (value, name) => {
      const read: SeedPick =
        typeof value === "string" ? { from: value, how: "shuffled" } : { how: "shuffled", ...value };
      const path = ["pick", name];
      if ((read.how === "weighted") !== (read.weight !== undefined))
        this.#source.addProblem(path, `The pick "${name}" needs "weight" if "how" is "weighted", and only then.`);
      if (read.how === "combinations" && read.count !== undefined)
        this.#source.addProblem(path, `The pick "${name}" draws combinations, one item each; remove "count".`);
      return read;
    });
  }

  #step(step: StepDocument, path: Path): Step {
    const location = `step "${step.id}"`;
    const output = readOutput(step.output, location, [...path, "output"], this.#source);
    if ((step.forEach === undefined) !== (step.atMost === undefined))
      this.#source.addProblem(
        path,
        `"forEach" of ${location} needs "atMost", the maximum number of items, and "atMost" needs "forEach".`,
      );
    if (step.as !== undefined && step.forEach === undefined)
      this.#source.addProblem(
        [...path, "as"],
        `"as" of ${location} names the items of "forEach", which it does not have.`,
      );
    if (step.forEach !== undefined && step.repeat !== undefined)
      this.#source.addProblem(
        [...path, "repeat"],
        `Step "${step.id}" has both "forEach" and "repeat"; use a separate step for each.`,
      );
    return {
      id: step.id,
      ...this.#modelOf(step, location, path),
      fallbacks: (step.fallbacks ?? []).map((name, n) => this.#choice(name, location, [...path, "fallbacks", n])),
      escalate: step.escalate && {
        ...this.#choice(step.escalate.to, location, [...path, "escalate", "to"]),
        on: step.escalate.on ?? ["schema", "refusal"],
        when: step.escalate.when,
      },
      system: step.system,
      examples: step.examples ?? [],
      prompt: step.prompt,
      when: step.when,
      forEach:
        step.forEach === undefined
          ? undefined
          : { list: step.forEach, as: step.as ?? "item", atMost: step.atMost ?? 1 },
      repeat: step.repeat,
      maxTokens: step.maxTokens ?? 1_000,
      maxPromptBytes: step.maxPromptBytes ?? 32_768,
      temperature: step.temperature,
      topP: step.topP,
      stop: stopSequencesOf(step),
      output,
      repairs: step.repairs ?? (output.type === "text" ? 0 : 2),
    };
  }

  #modelOf({ model, tier }: StepDocument, location: string, path: Path): ModelChoice {
    if ((model === undefined) === (tier === undefined))
      this.#source.addProblem(path, `${capitalized(location)} needs either "model" or "tier".`);
    return this.#choice(tier ?? model ?? "", location, [...path, tier === undefined ? "model" : "tier"]);
  }

  /** A model by its tier or its id. */
  #choice(name: string, location: string, path: Path): ModelChoice {
    const tier = TIERS.find((known) => known === name);
    if (tier) {
      const modelId = this.#tiers[tier];
      if (!modelId)
        this.#source.addProblem(
          path,
          `No model of the tier "${tier}" is available here; name a model in ${location} instead.`,
        );
      return { modelId: modelId ?? "", tier };
    }
    if (name !== "" && !findModel(name))
      this.#source.addProblem(
        path,
        `${capitalized(location)} uses the model "${name}", whose price is unknown; choose from ${MODELS.map(({ id }) => id).join(", ")}.`,
      );
    return { modelId: name };
  }
}

/** Absent for an empty list: models without stop sequences refuse that too. */
function stopSequencesOf({ stop = [] }: StepDocument): Step["stop"] {
  if (typeof stop === "string") return [stop];
  return stop.length > 0 ? stop : undefined;
}

function columnOf(value: string | Column): Column {
  return typeof value === "string" ? { value } : value;
}

function acceptConditions(accept: string | Readonly<Record<string, string>>): AcceptCondition[] {
  if (typeof accept === "string") return [{ expression: accept }];
  return Object.entries(accept).map(([name, expression]) => ({ name, expression }));
}

function mapValues<T, U>(
  map: Readonly<Record<string, T>> | undefined,
  each: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(map ?? {}).map(([name, value]) => [name, each(value, name)]));
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
