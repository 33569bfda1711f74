/** From a template document, YAML or JSON, to something every room can trust; or to what is wrong with it, and where. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { findModel, MODELS, TIERS, tiersOf, type Tier, type Tiers } from "../models/models.ts";
import {
  columnsOf,
  type AcceptCondition,
  type Column,
  type Escalation,
  type ModelChoice,
  type Output,
  type Parameter,
  type Pick as SeedPick,
  type Step,
  type Template,
  type Training,
} from "./template.ts";
import { DEFAULT_MAX_ATTEMPTS, DEFAULT_MAX_ATTEMPTS_WITH_ACCEPT } from "./template.ts";
import { pathOfAsync } from "./document/async-schema.ts";
import { TEMPLATE_SCHEMA } from "./document/schema.ts";
import { checkSnippets } from "./prompts/snippets.ts";
import { TemplateSource, type TemplateProblem, type Path } from "./document/source.ts";
import { messageFor } from "./document/messages.ts";

/** A job copies its template into a row of its own, and a row holds 400 KB. */
export const MAX_TEMPLATE_BYTES = 100_000;

/** The tiers of the region that has them all, for those who ask about templates and not about an account. */
export const DEFAULT_TIERS: Tiers = tiersOf({ region: "us-east-1" });

export interface ParseResult {
  /** Absent when something is wrong. */
  readonly template?: Template;
  /** In the order of the document. */
  readonly problems: readonly TemplateProblem[];
}

/** @throws PlotPaletteError BadInput with the first fault: a sentence, line, column and the line with a caret */
export function parseTemplate(text: string, tiers: Tiers = DEFAULT_TIERS): Template {
  const source = new TemplateSource(text);
  const template = read(source, text, tiers);
  source.throwFirstProblem();
  return template as Template;
}

/** Everything that is wrong with a template, for an editor. */
export function readTemplate(text: string, tiers: Tiers = DEFAULT_TIERS): ParseResult {
  const source = new TemplateSource(text);
  const template = read(source, text, tiers);
  const faults = [...source.problems].sort((a, b) => a.from - b.from);
  return faults.length > 0 ? { problems: faults } : { template, problems: faults };
}

let validator: ValidateFunction | undefined;
/** Making one takes longer than compiling a schema. It is to remember none of them. */
const SCHEMAS = new Ajv2020({ strict: false });

function read(source: TemplateSource, text: string, tiers: Tiers): Template | undefined {
  if (new TextEncoder().encode(text).length > MAX_TEMPLATE_BYTES)
    source.addProblem([], `A template may have ${MAX_TEMPLATE_BYTES / 1000} KB at most; split it into smaller ones.`);
  if (source.problems.length > 0) return undefined;
  validator ??= new Ajv2020({ strict: false, allErrors: true, verbose: true }).compile(TEMPLATE_SCHEMA);
  if (!validator(source.value)) {
    for (const error of withoutEchoes(validator.errors ?? [])) report(source, error);
    return undefined;
  }
  const template = new Reader(source, tiers).template(source.value as TemplateDocument);
  // Prompts of steps that are wrong themselves would only repeat it.
  if (source.problems.length === 0) checkSnippets(template, source);
  return template;
}

/** Where a name is not known and another is missing, the first is most likely the second, misspelt. */
function withoutEchoes(errors: readonly ErrorObject[]): ErrorObject[] {
  const misspelt = errors.filter(({ keyword }) => keyword === "additionalProperties");
  return errors.filter(
    ({ keyword, instancePath }) =>
      keyword !== "required" || !misspelt.some((unknown) => unknown.instancePath === instancePath),
  );
}

function report(source: TemplateSource, error: ErrorObject): void {
  const wrong = messageFor(error, source.value);
  if (!wrong) return;
  if (wrong.key === undefined) source.addProblem(wrong.path, wrong.message);
  else source.addKeyProblem(wrong.path, wrong.key, wrong.message);
}

/** The document as TEMPLATE_SCHEMA has it. */
interface TemplateDocument {
  readonly name: string;
  readonly description?: string;
  readonly category?: string;
  readonly tags?: string[];
  readonly parameters?: Record<string, Parameter>;
  readonly pick?: Record<string, string | (Omit<SeedPick, "how"> & Partial<SeedPick>)>;
  readonly partials?: Record<string, string>;
  readonly steps?: StepDocument[];
  readonly record?: Record<string, string | Column>;
  readonly categories?: string[];
  readonly accept?: string | Record<string, string>;
  readonly maxAttempts?: number;
  readonly training?: Training;
}

type StepDocument = Partial<Omit<Step, "fallbacks" | "escalate" | "forEach" | "output" | "stop" | "tier">> & {
  readonly id: string;
  readonly prompt: string;
  readonly model?: string;
  readonly tier?: Tier;
  readonly fallbacks?: string[];
  readonly escalate?: { readonly to: string } & Partial<Pick<Escalation, "on" | "when">>;
  readonly forEach?: string;
  readonly as?: string;
  readonly atMost?: number;
  readonly stop?: string | string[];
  readonly output?: Output["type"] | OutputDocument;
};

interface OutputDocument {
  readonly type: Output["type"];
  readonly allowCutOff?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly of?: string[];
  readonly schema?: Record<string, unknown>;
}

/** Spells out short forms and checks what names each other. */
class Reader {
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
      partials: document.partials ?? {},
      steps: steps.map((step, n) => this.#step(step, ["steps", n])),
      record: document.record && mapValues(document.record, columnOf),
      categories: document.categories ?? [],
      accept,
      maxAttempts: document.maxAttempts ?? (accept ? DEFAULT_MAX_ATTEMPTS_WITH_ACCEPT : DEFAULT_MAX_ATTEMPTS),
      training: document.training,
    };
    this.#checkNames(template);
    return template;
  }

  #accept({ accept, steps }: TemplateDocument): Template["accept"] {
    if (accept === undefined) return undefined;
    if (!steps?.length)
      this.#source.addProblem(["accept"], '"accept" judges records, and a library makes none; leave it out.');
    const conditions = acceptConditions(accept);
    if (conditions.length === 0)
      this.#source.addProblem(
        ["accept"],
        '"accept" needs at least one condition; leave it out to accept every record.',
      );
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

  #picks({ pick }: TemplateDocument, runs: boolean): Template["pick"] {
    if (pick === undefined) return runs ? { seed: { from: "seeds", how: "shuffled" } } : {};
    return mapValues(pick, (value, name) => {
      const read: SeedPick =
        typeof value === "string" ? { from: value, how: "shuffled" } : { how: "shuffled", ...value };
      const path = ["pick", name];
      if ((read.how === "weighted") !== (read.weight !== undefined))
        this.#source.addProblem(path, `The pick "${name}" needs "weight" when it is drawn "weighted", and only then.`);
      if (read.how === "combinations" && read.count !== undefined)
        this.#source.addProblem(path, `The pick "${name}" draws combinations, one item each; leave out "count".`);
      return read;
    });
  }

  #step(step: StepDocument, path: Path): Step {
    const place = `step "${step.id}"`;
    const output = this.#output(step.output, place, [...path, "output"]);
    if ((step.forEach === undefined) !== (step.atMost === undefined))
      this.#source.addProblem(
        path,
        `"forEach" of ${place} needs "atMost", the most items it may use, and "atMost" needs "forEach".`,
      );
    if (step.as !== undefined && step.forEach === undefined)
      this.#source.addProblem(
        [...path, "as"],
        `"as" of ${place} names the items of "forEach", which it does not have.`,
      );
    if (step.forEach !== undefined && step.repeat !== undefined)
      this.#source.addProblem(
        [...path, "repeat"],
        `Step "${step.id}" has "forEach" and "repeat"; use a step for each.`,
      );
    return {
      id: step.id,
      ...this.#modelOf(step, place, path),
      fallbacks: (step.fallbacks ?? []).map((name, n) => this.#choice(name, place, [...path, "fallbacks", n])),
      escalate: step.escalate && {
        ...this.#choice(step.escalate.to, place, [...path, "escalate", "to"]),
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
      stop: typeof step.stop === "string" ? [step.stop] : step.stop,
      output,
      repairs: step.repairs ?? (output.type === "text" ? 0 : 2),
    };
  }

  #modelOf({ model, tier }: StepDocument, place: string, path: Path): ModelChoice {
    if ((model === undefined) === (tier === undefined))
      this.#source.addProblem(path, `${capital(place)} needs either "model" or "tier", one of them.`);
    return this.#choice(tier ?? model ?? "", place, [...path, tier === undefined ? "model" : "tier"]);
  }

  /** A model by its tier or its id. */
  #choice(name: string, place: string, path: Path): ModelChoice {
    const tier = TIERS.find((known) => known === name);
    if (tier) {
      const modelId = this.#tiers[tier];
      if (!modelId)
        this.#source.addProblem(
          path,
          `No model of the tier "${tier}" can be used from here; name a model in ${place} instead.`,
        );
      return { modelId: modelId ?? "", tier };
    }
    if (name !== "" && !findModel(name))
      this.#source.addProblem(
        path,
        `${capital(place)} names the model "${name}", whose price is not known; choose among ${MODELS.map(({ id }) => id).join(", ")}.`,
      );
    return { modelId: name };
  }

  #output(given: StepDocument["output"], place: string, path: Path): Output {
    const output: OutputDocument = typeof given === "object" ? given : { type: given ?? "text" };
    const only = OUTPUT_KEYS[output.type];
    const stray = Object.keys(output).find((key) => key !== "type" && !only.includes(key));
    if (stray)
      this.#source.addKeyProblem(
        path,
        stray,
        `The output of ${place} has "${stray}", which does not go with the type "${output.type}".`,
      );
    if (output.type === "list") return this.#list(output, place, path);
    if (output.type === "choice") {
      const of = output.of ?? [];
      if (of.length === 0)
        this.#source.addProblem(path, `The output of ${place} needs "of", the texts to choose from.`);
      if (new Set(of).size < of.length)
        this.#source.addProblem([...path, "of"], `The output of ${place} names a choice twice.`);
      return { type: "choice", of };
    }
    if (output.type === "json") return this.#json(output, place, path);
    return { type: "text", ...(output.allowCutOff && { allowCutOff: true }) };
  }

  #list({ min = 1, max = 100 }: OutputDocument, place: string, path: Path): Output {
    if (min > max)
      this.#source.addProblem(path, `The output of ${place} has a "min" of ${min} above its "max" of ${max}.`);
    return { type: "list", min, max };
  }

  #json({ schema = {} }: OutputDocument, place: string, path: Path): Output {
    if (schema.type !== "object")
      this.#source.addProblem(path, `The output schema of ${place} must describe an object ("type: object").`);
    try {
      const asynchronous = pathOfAsync(schema);
      if (asynchronous) {
        this.#source.addKeyProblem(
          [...path, "schema", ...asynchronous],
          "$async",
          `The output schema of ${place} says "$async", and answers are held against it at once; leave it out.`,
        );
        return { type: "json", schema };
      }
      SCHEMAS.compile(schema);
    } catch (error) {
      this.#source.addProblem(
        [...path, "schema"],
        `The output schema of ${place} is not valid JSON Schema: ${(error as Error).message.replace(/\.?$/, ".")}`,
      );
    } finally {
      SCHEMAS.removeSchema(schema);
    }
    return { type: "json", schema };
  }

  /** Names live in one space, `it`, and in one header, the dataset's. */
  #checkNames(template: Template): void {
    const ids = template.steps.map((step) => step.id);
    const twice = ids.findIndex((id, n) => ids.indexOf(id) < n);
    if (twice >= 0)
      this.#source.addProblem(
        ["steps", twice, "id"],
        `Two steps have the id "${ids[twice]}"; each step needs its own.`,
      );
    for (const name of Object.keys(template.parameters)) if (name in template.pick) this.#taken("parameters", name);
    for (const room of ["pick", "parameters"] as const)
      for (const name of ["steps", "index", ...(template.accept ? ["record"] : [])])
        if (name in template[room]) this.#taken(room, name);
    template.steps.forEach(({ forEach }, n) => {
      const taken =
        forEach &&
        (forEach.as in template.pick || forEach.as in template.parameters || ["steps", "index"].includes(forEach.as));
      if (taken)
        this.#source.addProblem(
          ["steps", n, "as"],
          `The name "${forEach.as}" stands for two things in "it"; choose another for "as".`,
        );
    });
    this.#checkColumns(template);
  }

  #taken(room: "pick" | "parameters", name: string): void {
    this.#source.addKeyProblem(
      [room],
      name,
      `The name "${name}" stands for two things in "it"; rename a pick or a parameter.`,
    );
  }

  #checkColumns(template: Template): void {
    this.#checkTraining(template);
    const columns = columnsOf(template);
    for (const name of ["id", "_meta"])
      if (columns.includes(name))
        this.#source.addKeyProblem(
          [template.record ? "record" : "steps"],
          name,
          `A column cannot be called "${name}"; every row has one already.`,
        );
    template.categories.forEach((name, n) => {
      if (!columns.includes(name))
        this.#source.addProblem(
          ["categories", n],
          `The category "${name}" is not a column of the record (it has ${columns.join(", ")}).`,
        );
    });
  }

  #checkTraining(template: Template): void {
    const columns = columnsOf(template);
    const { messages, alpaca = {} } = template.training ?? {};
    const check = (path: Path, name: string | undefined) => {
      if (name === undefined || columns.includes(name)) return;
      const place = ["training", ...path];
      this.#source.addProblem(
        place,
        `"${place.join(".")}" is "${name}", which is not a column of the record (it has ${columns.join(", ")}).`,
      );
    };
    check(["messages"], messages);
    for (const [key, name] of Object.entries(alpaca)) check(["alpaca", key], name as string | undefined);
  }
}

const OUTPUT_KEYS: Readonly<Record<Output["type"], readonly string[]>> = {
  text: ["allowCutOff"],
  list: ["min", "max"],
  choice: ["of"],
  json: ["schema"],
};

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

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
