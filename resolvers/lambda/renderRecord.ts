/** Renders the prompts of one record without calling a model, using placeholders for the answers. */
import { placeholderOf } from "../../core/template/placeholder.ts";
import { hashOf } from "../../core/random.ts";
import { NO_OUTPUT, type StepView } from "../../core/shard/record.ts";
import type { TemplateProblem } from "../../core/template/document/source.ts";
import { TemplateSource } from "../../core/template/document/source.ts";
import type { Partials, Step, Template } from "../../core/template/template.ts";
import { bytesOf, Prompts, RenderError, type RenderedStep as Rendered } from "../../worker/sandbox/prompts.ts";
import type { Sandbox } from "../../worker/sandbox/sandbox.ts";
import type { RenderedStep } from "../generated/schema.ts";

/** Only a loop's first items are shown; its step's output has a placeholder for each. */
const MAX_SHOWN_ROUNDS = 3;

export interface RecordToRender {
  /** The document, to locate problems in. */
  readonly source: string;
  readonly template: Template;
  readonly partials: Partials;
  /** Picks and parameters by their names in `it`, as JSON texts. */
  readonly values: Readonly<Record<string, string>>;
  readonly recordNo: number;
  /** Whether to assume that a step's condition holds; evaluated when absent. */
  readonly holds?: (step: Step) => boolean;
}

export interface RecordRendering {
  readonly steps: RenderedStep[];
  /** How many rounds each loop has; the first ones are among the steps. */
  readonly rounds: Readonly<Record<string, number>>;
  readonly problems: TemplateProblem[];
}

/** The steps in order; an error ends rendering and keeps the steps before it. */
export async function renderRecord(sandbox: Sandbox, record: RecordToRender): Promise<RecordRendering> {
  const rendering = new Rendering(sandbox, record);
  try {
    await rendering.draw();
    for (const step of record.template.steps) await rendering.step(step);
    return { steps: rendering.steps, rounds: rendering.rounds, problems: [] };
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return { steps: rendering.steps, rounds: rendering.rounds, problems: problemsOf(error, record) };
  }
}

class Rendering {
  readonly steps: RenderedStep[] = [];
  readonly rounds: Record<string, number> = {};
  readonly #prompts: Prompts;
  readonly #answers: Record<string, StepView> = {};
  /** Picks, parameters and draws by their names in `it`, as JSON texts. */
  #values: Readonly<Record<string, string>>;

  constructor(
    readonly sandbox: Sandbox,
    readonly record: RecordToRender,
  ) {
    this.#prompts = new Prompts(record.template, record.partials, sandbox);
    this.#values = record.values;
  }

  async draw(): Promise<void> {
    if (!this.record.template.draws) return;
    await this.sandbox.ready();
    const draws = this.#prompts.draws(membersOf(this.#values), hashOf("render", this.record.recordNo, "draws"));
    this.#values = { ...this.#values, draws };
  }

  async step(step: Step): Promise<void> {
    const it = this.#it(step.repeat ? { [step.id]: NO_OUTPUT } : {});
    await this.sandbox.ready();
    if (!this.record.holds?.(step) && !this.#prompts.applies(step.id, it, this.#randomSeed(step, 0))) {
      this.steps.push({ ...nothingSent(step), applies: false, round: 0 });
      this.#answers[step.id] = NO_OUTPUT;
      return;
    }
    const outputs = step.forEach ? await this.#rounds(step, it) : [await this.#round(step, 0, {})];
    const output = step.forEach ? outputs : outputs[0];
    const modelId = outputs.length > 0 ? step.modelId : null;
    this.#answers[step.id] = { output, outputs, modelId, reasoning: step.forEach ? outputs.map(() => null) : null };
  }

  /** One round per item; nothing is sent for an empty list. */
  async #rounds(step: Step, it: string): Promise<unknown[]> {
    await this.sandbox.ready();
    const items = this.#prompts.items(step.id, it, this.#randomSeed(step, 0));
    this.rounds[step.id] = items.length;
    if (items.length === 0) this.steps.push({ ...nothingSent(step), applies: false, round: 0 });
    const outputs: unknown[] = [];
    for (const [round, item] of items.entries()) {
      if (round >= MAX_SHOWN_ROUNDS) outputs.push(this.#placeholder(step, round));
      else outputs.push(await this.#round(step, round, { [step.forEach?.as ?? "item"]: item, index: String(round) }));
    }
    return outputs;
  }

  /** @param loop the item and its index, as JSON texts */
  async #round(step: Step, round: number, loop: Readonly<Record<string, string>>): Promise<unknown> {
    const before = step.repeat ? { [step.id]: NO_OUTPUT } : {};
    await this.sandbox.ready();
    const rendered = this.#prompts.render(step.id, this.#it(before, loop), this.#randomSeed(step, round));
    const placeholder = this.#placeholder(step, round);
    this.steps.push({
      ...nothingSent(step),
      applies: true,
      round,
      system: rendered.system ?? null,
      turns: turnsOf(rendered),
      placeholder: JSON.stringify(placeholder),
      bytes: bytesOf(rendered),
    });
    return placeholder;
  }

  #placeholder(step: Step, round: number): unknown {
    const id = step.forEach ? `${step.id} ${round + 1}` : step.id;
    return placeholderOf({ id, output: step.output }, (run) => this.sandbox.limited(run));
  }

  /** The JSON text of `it`, the object that prompts see. */
  #it(now: Readonly<Record<string, StepView>>, loop: Readonly<Record<string, string>> = {}): string {
    const steps = JSON.stringify({ ...this.#answers, ...now });
    return `{${membersOf({ ...this.#values, ...loop, steps })}}`;
  }

  /** The random seed depends on record, step and round, so a record always renders the same. */
  #randomSeed(step: Step, round: number): number {
    return hashOf("render", this.record.recordNo, step.id, round);
  }
}

/** JSON texts by name as the members of a JSON object. */
function membersOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    .join(",");
}

function nothingSent(step: Step) {
  return { stepId: step.id, modelId: step.modelId, system: null, turns: [], placeholder: "null", bytes: 0 };
}

/** The earlier turns, followed by the prompt. */
export function turnsOf({ turns, prompt }: Pick<Rendered, "turns" | "prompt">): { role: string; text: string }[] {
  return [...turns, { role: "user", text: prompt }];
}

/** The error at its location in the document; one in another template's text is located at its include. */
function problemsOf({ message, location }: RenderError, { source, template }: RecordToRender): TemplateProblem[] {
  const document = new TemplateSource(source);
  const { path = [], partial, line, column } = location ?? {};
  if (partial === undefined) {
    if (line === undefined) document.addProblem(path, message);
    else document.addProblemWithin(path, line, column ?? 1, message);
    return document.problems;
  }
  const own = pathOfPartial(template, partial);
  if (own && line !== undefined) document.addProblemWithin(own, line, column ?? 1, message);
  else document.addProblem(own ?? path, message);
  return document.problems;
}

/** The path of a partial, or of a step's prompt included like one. */
function pathOfPartial({ partials, steps }: Template, name: string): (string | number)[] | undefined {
  if (Object.hasOwn(partials, name)) return ["partials", name];
  const n = steps.findIndex(({ id }) => id === name);
  return n < 0 ? undefined : ["steps", n, "prompt"];
}
