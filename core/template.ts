/** A template document: from YAML (or JSON) to something every room can trust. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { LineCounter, parseDocument } from "yaml";
import { PlotPaletteError } from "./errors.ts";
import { findModel, modelOfTier, MODELS } from "./models.ts";
import { priceOf, type Nanos } from "./money.ts";
import { readsOfExpression, readsOfPrompt, SyntaxFault, type Read } from "./template-syntax.ts";

export interface Template {
  readonly name: string;
  readonly description?: string;
  readonly category?: string;
  /** Values that prompts see as `it.NAME`. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** What is drawn from the seeds for each record, by its name in `it`. */
  readonly pick: Readonly<Record<string, Pick>>;
  readonly steps: readonly Step[];
  /** The columns of a record; without it each step's output is a column. */
  readonly record?: Readonly<Record<string, Column>>;
}

export interface Parameter {
  /** The values it may take; any when absent. */
  readonly values?: readonly unknown[];
  readonly default: unknown;
}

export const PICK_WAYS = ["shuffled", "random", "inOrder"] as const;

export interface Pick {
  /** The collection. */
  readonly from: string;
  /** `shuffled` uses every item before any is used twice. */
  readonly how: (typeof PICK_WAYS)[number];
}

export interface Step {
  readonly id: string;
  readonly modelId: string;
  readonly tier?: string;
  /** Eta. */
  readonly system?: string;
  /** Eta. */
  readonly prompt: string;
  /** An expression over `it`; when it is false the step is skipped and its output is null. */
  readonly when?: string;
  readonly maxTokens: number;
  /** The most UTF-8 bytes system and prompt may render to, together. */
  readonly maxPromptBytes: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly output:
    { readonly type: "text" } | { readonly type: "json"; readonly schema: Readonly<Record<string, unknown>> };
}

export const COLUMN_TYPES = ["string", "integer", "number", "boolean", "json"] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface Column {
  /** An expression over `it`. */
  readonly value: string;
  readonly type?: ColumnType;
}

export interface SeedRead {
  readonly collection: string;
  /** Absent when the whole item is read. */
  readonly field?: string;
  readonly required: boolean;
  /** Where it is read, for messages: `step "question"`. */
  readonly place: string;
}

/** A job copies its template into a row of its own, and a row holds 400 KB. */
export const MAX_TEMPLATE_BYTES = 100_000;
const MAX_STEPS = 10;
const DEFAULT_MAX_TOKENS = 1_000;
const DEFAULT_MAX_PROMPT_BYTES = 32_768;
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** @throws PlotPaletteError BadInput with one sentence, and line, column and caret where the fault has a place */
export function parseTemplate(source: string): Template {
  if (new TextEncoder().encode(source).length > MAX_TEMPLATE_BYTES)
    refuse(`A template may have ${MAX_TEMPLATE_BYTES / 1000} KB at most; split it into smaller ones.`);
  const document = objectOf(parseYaml(source), "The template");
  onlyKnown(document, ["name", "description", "category", "parameters", "pick", "steps", "record"], "The template");
  const template: Template = {
    name: text(document.name, "The template's name"),
    description: optional(document.description, (value) => text(value, "The template's description", 1_000)),
    category: optional(document.category, (value) => text(value, "The template's category")),
    parameters: mapOf(document.parameters, "parameters", parameterOf),
    pick:
      document.pick === undefined ? { seed: { from: "seeds", how: "shuffled" } } : mapOf(document.pick, "pick", pickOf),
    steps: stepsOf(document.steps),
    record: optional(document.record, (value) => mapOf(value, "record", columnOf)),
  };
  checkNames(template);
  seedReadsOf(template);
  return template;
}

/** The names of a record's columns in their order, `id` apart. */
export function columnsOf(template: Template): string[] {
  return Object.keys(template.record ?? Object.fromEntries(template.steps.map((step) => [step.id, true])));
}

/** The most one call of the step can cost: every byte a token, every token allowed answered. */
export function stepBoundNanos(step: Step): Nanos {
  const model = findModel(step.modelId);
  if (!model) throw new PlotPaletteError("BadInput", `The model "${step.modelId}" has no known price.`);
  return priceOf(model, step.maxPromptBytes + schemaBytesOf(step) + model.overheadTokens, step.maxTokens);
}

/** What a step's schema can add to a request, in UTF-8 bytes: twice, because it travels as JSON within JSON, quotes escaped. */
export function schemaBytesOf({ output }: Step): number {
  return output.type === "json" ? 2 * new TextEncoder().encode(JSON.stringify(output.schema)).length : 0;
}

/** The most one attempt at a record can cost: what is reserved before it starts. */
export function recordBoundNanos(template: Template): Nanos {
  return template.steps.reduce((sum, step) => sum + stepBoundNanos(step), 0);
}

/** The collections and fields the template reads; a field read both with and without a fallback is required. */
export function seedReadsOf(template: Template): SeedRead[] {
  const reads = new Map<string, SeedRead>();
  for (const { place, path, optional: mayMiss } of placesOf(template)) {
    const [name, field] = path;
    const pick = name === undefined ? undefined : template.pick[name];
    if (!pick) continue;
    const key = `${pick.from}.${field ?? ""}`;
    const required = !mayMiss || (reads.get(key)?.required ?? false);
    reads.set(key, { collection: pick.from, field, required, place: reads.get(key)?.place ?? place });
  }
  for (const pick of Object.values(template.pick))
    if (![...reads.values()].some((read) => read.collection === pick.from))
      reads.set(`${pick.from}.`, { collection: pick.from, required: true, place: "pick" });
  return [...reads.values()];
}

/** The template's defaults for its parameters, as prompts see them. */
export function parametersOf(template: Template): Record<string, unknown> {
  return Object.fromEntries(Object.entries(template.parameters).map(([name, parameter]) => [name, parameter.default]));
}

function parseYaml(source: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error) refuse(`The template is not valid YAML: ${error.message}`);
  try {
    // An alias may be used once or twice; a tree of them that unfolds into gigabytes is refused.
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    refuse(`The template is not valid YAML: ${(cause as Error).message}.`);
  }
}

function stepsOf(value: unknown): Step[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_STEPS)
    refuse(`A template needs 1 to ${MAX_STEPS} steps under "steps".`);
  return value.map((item, n) => stepOf(objectOf(item, `Step ${n + 1}`), n));
}

function stepOf(value: Record<string, unknown>, n: number): Step {
  const id = text(value.id, `The id of step ${n + 1}`);
  const place = `Step "${id}"`;
  if (!NAME.test(id)) refuse(`${place} needs an id of letters, digits and _ that begins with a letter.`);
  onlyKnown(value, STEP_KEYS, place);
  return {
    id,
    ...modelOf(value, place),
    system: optional(value.system, (it) => text(it, `The system prompt of ${place}`, MAX_TEMPLATE_BYTES)),
    prompt: text(value.prompt, `The prompt of ${place}`, MAX_TEMPLATE_BYTES),
    when: optional(value.when, (it) => text(it, `"when" of ${place}`, 1_000)),
    maxTokens: whole(value.maxTokens ?? DEFAULT_MAX_TOKENS, `maxTokens of ${place}`, 1, 64_000),
    maxPromptBytes: whole(
      value.maxPromptBytes ?? DEFAULT_MAX_PROMPT_BYTES,
      `maxPromptBytes of ${place}`,
      100,
      1_000_000,
    ),
    temperature: optional(value.temperature, (it) => fraction(it, `temperature of ${place}`)),
    topP: optional(value.topP, (it) => fraction(it, `topP of ${place}`)),
    stop: optional(value.stop, (it) => stopOf(it, place)),
    output: outputOf(value.output, place),
  };
}

const STEP_KEYS = [
  "id",
  "model",
  "tier",
  "system",
  "prompt",
  "when",
  "maxTokens",
  "maxPromptBytes",
  "temperature",
  "topP",
  "stop",
  "output",
];

function modelOf({ model, tier }: Record<string, unknown>, place: string): { modelId: string; tier?: string } {
  if ((model === undefined) === (tier === undefined)) refuse(`${place} needs either "model" or "tier", one of them.`);
  if (tier !== undefined) {
    const chosen = modelOfTier(text(tier, `The tier of ${place}`));
    if (!chosen)
      refuse(`${place} has the tier "${String(tier)}", which is not known; choose economy, balanced or premium.`);
    return { modelId: chosen.id, tier: String(tier) };
  }
  const chosen = findModel(text(model, `The model of ${place}`));
  if (!chosen)
    refuse(
      `${place} names the model "${String(model)}", whose price is not known; choose among ${MODELS.map(({ id }) => id).join(", ")}.`,
    );
  return { modelId: chosen.id };
}

function stopOf(value: unknown, place: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > 4) refuse(`${place} may have 4 stop sequences at most, not ${list.length}.`);
  return list.map((item) => text(item, `A stop sequence of ${place}`));
}

function outputOf(value: unknown, place: string): Step["output"] {
  if (value === undefined) return { type: "text" };
  const output = objectOf(value, `The output of ${place}`);
  onlyKnown(output, ["type", "schema"], `The output of ${place}`);
  if (output.type === "text") return { type: "text" };
  if (output.type !== "json")
    refuse(`The output of ${place} has the type "${String(output.type)}"; choose text or json.`);
  const schema = objectOf(output.schema, `The output schema of ${place}`);
  if (schema.type !== "object") refuse(`The output schema of ${place} must describe an object ("type: object").`);
  try {
    new Ajv2020({ strict: false }).compile(schema);
  } catch (error) {
    refuse(`The output schema of ${place} is not valid JSON Schema: ${(error as Error).message}.`);
  }
  return { type: "json", schema };
}

function parameterOf(value: unknown, name: string): Parameter {
  const parameter = objectOf(value, `The parameter "${name}"`);
  onlyKnown(parameter, ["values", "default"], `The parameter "${name}"`);
  if (parameter.default === undefined) refuse(`The parameter "${name}" needs a default.`);
  const values = optional(parameter.values, (list) =>
    Array.isArray(list) ? list : refuse(`The values of the parameter "${name}" must be a list.`),
  );
  if (values && !values.includes(parameter.default))
    refuse(`The default of the parameter "${name}" must be one of its values (${values.join(", ")}).`);
  return { values, default: parameter.default };
}

function pickOf(value: unknown, name: string): Pick {
  const pick = typeof value === "string" ? { from: value } : objectOf(value, `The pick "${name}"`);
  onlyKnown(pick, ["from", "how"], `The pick "${name}"`);
  const how = (pick as Record<string, unknown>).how ?? "shuffled";
  const way = PICK_WAYS.find((known) => known === how);
  if (!way) refuse(`The pick "${name}" is to be drawn "${String(how)}"; choose ${PICK_WAYS.join(", ")}.`);
  return { from: text(pick.from, `"from" of the pick "${name}"`), how: way };
}

function columnOf(value: unknown, name: string): Column {
  if (typeof value === "string") return { value };
  const column = objectOf(value, `The column "${name}"`);
  onlyKnown(column, ["value", "type"], `The column "${name}"`);
  const type = optional(
    column.type,
    (wanted) => COLUMN_TYPES.find((known) => known === wanted) ?? refuseType(name, wanted),
  );
  return { value: text(column.value, `The value of the column "${name}"`, 5_000), type };
}

function refuseType(name: string, wanted: unknown): never {
  refuse(`The column "${name}" has the type "${String(wanted)}"; choose ${COLUMN_TYPES.join(", ")}.`);
}

/** Names live in one space, `it`, and in one header, the dataset's. */
function checkNames(template: Template): void {
  const ids = template.steps.map((step) => step.id);
  const twice = ids.find((id, n) => ids.indexOf(id) < n);
  if (twice) refuse(`Two steps have the id "${twice}"; each step needs its own.`);
  const names = [...Object.keys(template.pick), ...Object.keys(template.parameters), "steps"];
  const clash = names.find((name, n) => names.indexOf(name) < n);
  if (clash) refuse(`The name "${clash}" stands for two things in "it"; rename a pick or a parameter.`);
  const reserved = columnsOf(template).find((column) => column === "id" || column === "_meta");
  if (reserved) refuse(`A column cannot be called "${reserved}"; every row has one already.`);
}

/** Every place in `it` that is read, with faults turned into sentences. */
function* placesOf(template: Template): Generator<Read & { place: string }> {
  const earlier = new Set<string>();
  for (const step of template.steps) {
    const place = `step "${step.id}"`;
    const reads = [
      ...(step.system === undefined
        ? []
        : guarded(template, `${place}, system prompt`, () => readsOfPrompt(step.system ?? ""))),
      ...guarded(template, place, () => readsOfPrompt(step.prompt)),
      ...(step.when === undefined
        ? []
        : guarded(template, `${place}, "when"`, () => readsOfExpression(step.when ?? ""))),
    ];
    const mayBeSkipped = step.when !== undefined;
    for (const read of reads) {
      checkRead(template, read, place, earlier);
      yield { ...read, optional: read.optional || mayBeSkipped, place };
    }
    earlier.add(step.id);
  }
  for (const [name, column] of Object.entries(template.record ?? {})) {
    const place = `column "${name}"`;
    for (const read of guarded(template, place, () => readsOfExpression(column.value))) {
      checkRead(template, read, place, earlier);
      yield { ...read, place };
    }
  }
}

function checkRead(
  template: Template,
  { path, optional: mayMiss }: Read,
  place: string,
  earlier: ReadonlySet<string>,
): void {
  const [name, id] = path;
  if (name === undefined || mayMiss) return;
  const known = [...Object.keys(template.pick), ...Object.keys(template.parameters), "steps"];
  if (!known.includes(name))
    refuse(
      `Template "${template.name}" ${place} reads it.${name}, but there is no such pick or parameter (there are ${known.join(", ")}).`,
    );
  if (name === "steps" && id !== undefined && !earlier.has(id))
    refuse(`Template "${template.name}" ${place} reads it.steps.${id}, but no earlier step has that id.`);
}

function guarded<T>(template: Template, place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxFault)
      refuse(`Template "${template.name}" ${place} has a syntax error: ${error.message}`);
    throw error;
  }
}

function mapOf<T>(value: unknown, what: string, each: (value: unknown, name: string) => T): Record<string, T> {
  if (value === undefined) return {};
  const entries = Object.entries(objectOf(value, `"${what}"`));
  for (const [name] of entries)
    if (!NAME.test(name))
      refuse(`"${name}" under "${what}" needs a name of letters, digits and _ that begins with a letter.`);
  return Object.fromEntries(entries.map(([name, item]) => [name, each(item, name)]));
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse(`${what} must be an object of names and values, not ${kindOf(value)}.`);
  return value as Record<string, unknown>;
}

function onlyKnown(value: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown) refuse(`${what} has "${unknown}", which is not known here; it may have ${known.join(", ")}.`);
}

function text(value: unknown, what: string, longest = 200): string {
  if (typeof value !== "string" || value.trim() === "") refuse(`${what} must be a text, not ${kindOf(value)}.`);
  if (value.length > longest) refuse(`${what} may have ${longest} characters at most, this has ${value.length}.`);
  return value;
}

function whole(value: unknown, what: string, least: number, most: number): number {
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most)
    refuse(`${what} must be a whole number from ${least} to ${most}, not ${String(value)}.`);
  return Number(value);
}

function fraction(value: unknown, what: string): number {
  if (typeof value !== "number" || value < 0 || value > 1)
    refuse(`${what} must be a number from 0 to 1, not ${String(value)}.`);
  return value;
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === "") return "an empty text";
  return value === null ? "nothing" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
